import type { ArenaMap } from "../../arena-map.js";
import { count } from "../format.js";
import type { Markup } from "../markup.js";
import { plot, seriesColours } from "./plot.js";

/** The step at which most bytes are alive. */
export function peakStep({ steps }: Pick<ArenaMap, "steps">): number {
  return steps.reduce((peak, step, i) => (step.liveBytes > steps[peak]!.liveBytes ? i : peak), 0);
}

/** Where each activation lies in the arena, from the operator that writes it to the last one that reads it. */
export function arenaPlot(map: ArenaMap, name: string): Promise<Markup> {
  const peak = peakStep(map);
  const values = map.tensors.map(({ tensor, offset, bytes, first, last }) => ({
    from: first,
    to: last + 1,
    low: offset,
    high: offset + bytes,
    kind: first <= peak && peak <= last ? "alive at the peak" : "other activations",
    tensor: String(tensor),
  }));
  return plot(
    {
      width: 560,
      height: 220,
      data: { values },
      mark: { type: "rect", stroke: "var(--page)", strokeWidth: 1 },
      encoding: {
        x: { field: "from", type: "quantitative", title: "operator", scale: { nice: false } },
        x2: { field: "to" },
        y: { field: "low", type: "quantitative", title: "offset in the arena, bytes" },
        y2: { field: "high" },
        color: {
          field: "kind",
          type: "nominal",
          title: null,
          scale: {
            domain: ["alive at the peak", "other activations"],
            range: [seriesColours[1]!, seriesColours[0]!],
          },
        },
      },
    },
    `Arena of the ${name} model over time: ${values.length} activations, the peak at operator ${peak} with ${count(map.steps[peak]?.liveBytes ?? 0)} bytes`,
  );
}
