/** The statistics of an earlier run with the same model, calibration inputs and seed, or new ones. */

import { type LayerStatistics, type Statistics, type StatisticsRequest, statistics } from "../statistics.js";
import { contentsOf } from "./contents.js";
import type { Resumption } from "./resumption.js";

/** Layer by layer; the layers themselves are in the model. */
type Stored = Omit<LayerStatistics, "layer">[];

/** See `statistics`; the entry outlives the run, since other goals build on the same statistics. */
export async function recallStatistics(
  resumption: Resumption,
  request: StatisticsRequest,
): Promise<Statistics> {
  // The bytes stand for the model.
  const { pool: _, signal: __, progress: ___, model: ____, calibration, ...inputs } = request;
  const key = resumption.key("statistics", { ...inputs, calibration: contentsOf(calibration) });
  const earlier = await resumption.read<Stored>(key);
  if (earlier !== undefined) {
    return { layers: earlier.map((own, i) => ({ layer: request.layers[i]!, ...own })) };
  }
  const found = await statistics(request);
  await resumption.write(key, found.layers.map(({ layer: _, ...own }) => own) satisfies Stored);
  return found;
}
