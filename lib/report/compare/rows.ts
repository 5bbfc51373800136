/** The two tables of a comparison as text: its points, and the ratios at equal accuracy. */

import type { CompareResult } from "../compare-result.js";
import { count, floatNote, percent } from "../format.js";

export interface TextRows {
  titles: string[];
  rows: string[][];
}

/** Every point. */
export function pointRows({ points }: CompareResult): TextRows {
  return {
    titles: [
      ...["model", "target", "method", "seed", "kept", "bytes"],
      ...["arena", "instructions", "accuracy", "lost"],
    ],
    rows: points.map((point) => [
      point.model,
      point.target,
      `${point.method}, ${point.recovery}`,
      String(point.seed),
      percent(point.keptWeights),
      count(point.bytes),
      count(point.arenaTargetBytes ?? point.arenaBytes),
      point.instructions === undefined ? "" : count(Math.round(point.instructions)),
      percent(point.accuracy),
      point.drop.toFixed(2),
    ]),
  };
}

/** What a method needs of another's bytes and instructions at the same loss. */
export function ratioRows({ equalAccuracy }: CompareResult): TextRows {
  return {
    titles: ["model", "target", "recovery", "ratio of", "points lost", "seeds", "bytes", "instructions"],
    rows: equalAccuracy.map((cell) => [
      cell.model,
      cell.target,
      cell.recovery,
      `${cell.method} / ${cell.against}`,
      cell.drop.toFixed(1),
      String(cell.seeds),
      cell.bytesRatio?.toFixed(3) ?? "",
      cell.instructionsRatio?.toFixed(3) ?? "",
    ]),
  };
}

/** Which models were quantised from float ones, a line each. */
export function floatNotes({ models }: CompareResult): string[] {
  return models.flatMap(({ name, float }) => (float === undefined ? [] : [`${name}: ${floatNote(float)}`]));
}
