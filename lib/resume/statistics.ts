/** The statistics of an earlier run with the same model, calibration inputs and seed, or new ones. */

import { weightLayers } from "../layers.js";
import { type LayerStatistics, type Statistics, type StatisticsRequest, statistics } from "../statistics.js";
import { contentsOf } from "./contents.js";
import type { Resumption } from "./resumption.js";

/** The layers themselves are in the model. */
interface Stored extends Pick<Statistics, "skipped"> {
  layers: (Omit<LayerStatistics, "layer"> & { operator: number })[];
}

/** See `statistics`; the entry outlives the run, since other goals build on the same statistics. */
export async function recallStatistics(
  resumption: Resumption,
  request: StatisticsRequest,
): Promise<Statistics> {
  // The bytes stand for the model.
  const { pool: _, signal: __, progress: ___, model, calibration, ...inputs } = request;
  const key = resumption.key("statistics", { ...inputs, calibration: contentsOf(calibration) });
  const earlier = await resumption.read<Stored>(key);
  if (earlier !== undefined) {
    const layers = new Map(weightLayers(model).map((layer) => [layer.operator, layer]));
    const attach = ({ operator, ...own }: Stored["layers"][number]) => ({
      layer: layers.get(operator)!,
      ...own,
    });
    return { ...earlier, layers: earlier.layers.map(attach) };
  }
  const found = await statistics(request);
  const layers = found.layers.map(({ layer, ...own }) => ({ operator: layer.operator, ...own }));
  await resumption.write(key, { ...found, layers } satisfies Stored);
  return found;
}
