import { inspect } from "node:util";
import { DtmmError, dtmmError } from "../errors/index.js";
import { resultJson } from "../report/result-json.js";
import { schemaVersion } from "../report/schema-version.js";

/** An error as the user meets it: whatever is not coded is our bug, told without a stack. */
export function asDtmmError(error: unknown): DtmmError {
  if (error instanceof DtmmError) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return dtmmError("INTERNAL", { what }, error);
}

/** The lines for stderr. With `debug`, stack and causes follow. */
export function errorLines(error: DtmmError, debug: boolean): string {
  const hint = error.hint.split("\n").join("\n        ");
  const lines = [`dtmm: error ${error.code}: ${error.message}`, `  hint: ${hint}`, `  see ${error.docs}`];
  if (debug) lines.push(inspect(error));
  return `${lines.join("\n")}\n`;
}

/** The same for `--json -`. */
export function errorJson({ code, message, hint, docs }: DtmmError): string {
  return resultJson({ schemaVersion, error: { code, message, hint, docs } });
}
