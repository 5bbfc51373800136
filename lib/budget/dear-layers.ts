/** Which packed layer would do more good dense: what each saves of the file against what it costs of the time. */

import { type Basis, type Preview, previewOf } from "./figures.js";

/**
 * The layer that takes the largest share of the dense model's time beyond the share of its file that it saves, both as
 * predicted: found by leaving one after the other dense.
 *
 * @param denseBytes of the file with nothing pruned
 * @returns its position; -1 where all layers save more than they cost
 */
export function dearest(basis: Basis, preview: Preview, denseBytes: number): number {
  const packedOperators = new Set(
    preview.packed.layers.flatMap(({ operator, op }) => (op ? [operator] : [])),
  );
  const { states, figures } = preview;
  const excesses = states.map(({ layer }, position) => {
    if (!packedOperators.has(layer.operator)) return 0;
    const others = states.map((state, i) =>
      i === position ? { ...state, keep: state.keep.map(() => 1) } : state,
    );
    const without = previewOf(basis, others, figures.predictedLoss).figures;
    return (figures.bytes - without.bytes) / denseBytes + figures.latency - without.latency;
  });
  const most = Math.max(0, ...excesses);
  return most === 0 ? -1 : excesses.indexOf(most);
}
