import type { Context } from "../context.js";
import { doctor } from "../doctor.js";
import type { DoctorOptions } from "../options/types.js";
import { doctorSummary } from "../report/doctor-summary.js";
import type { Outcome } from "./outcome.js";

/** `dtmm doctor`: whether a prune can run here, and with which TFLM tree; exit 3 if something is missing. */
export async function doctorCommand(options: DoctorOptions, context: Context): Promise<Outcome> {
  const result = await doctor(options, context);
  return { exit: result.ready ? 0 : 3, summary: doctorSummary(result), result };
}
