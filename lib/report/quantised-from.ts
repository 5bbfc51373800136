import { z } from "zod";

const share = z.number().min(0).max(1);

/** The float model that was quantised to a dense one: in TFLM's float kernels, and how often both agree. */
export const quantisedFrom = z.object({
  bytes: z.int().min(0),
  accuracy: share.optional(),
  agreement: share,
});
