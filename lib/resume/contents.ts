import type { Samples } from "../statistics.js";

/** What a result depends on of samples: not the place that they were read from, which loaded inputs carry along. */
export function contentsOf({ bytes, samples }: Samples): Samples {
  return { bytes, samples };
}
