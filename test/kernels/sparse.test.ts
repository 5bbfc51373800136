/** The kernels of the ways of storing that are no blocks: DTMM_PATTERN_CONV_2D, DTMM_CSR_CONV_2D and DTMM_CSR_FULLY_CONNECTED. */

import { describe, expect, test } from "vitest";
import { available, builds, compileRunner, sanitized, skipNote } from "./support/compile.js";
import { corruptParts } from "./support/corrupt.js";
import { messagesOf } from "./support/messages.js";
import { Random } from "./support/random.js";
import type { Nhwc } from "./support/reference.js";
import { type RunnerRequest, runRequests } from "./support/requests.js";
import { sparseCases, sparseOperators } from "./support/sparse-cases.js";
import {
  randomSparseLayer,
  type SparseOperator,
  sparseFormats,
  sparseRequest,
} from "./support/sparse-layers.js";
import { statusNames } from "./support/statuses.js";

describe("kernels of patterns and of single weights", () => {
  for (const build of [...builds, sanitized]) {
    test.skipIf(!available(build))(
      `equal the TFLite reference byte for byte: ${build.name}${skipNote(build)}`,
      () => {
        const answers = runRequests(
          compileRunner(build, "sparse_runner.c"),
          sparseCases.map((c) => c.request),
        );
        const differing = sparseCases.filter(
          (c, i) => !Buffer.from(answers[i]!.output).equals(Buffer.from(c.expected)),
        );
        expect(differing.map(({ name }) => name)).toEqual([]);
      },
      60_000,
    );
  }

  test("the sweep is no formality: its outputs are spread", () => {
    expect(new Set(sparseCases.flatMap((c) => Array.from(c.expected))).size).toBe(256);
  });
});

describe.skipIf(!available(sanitized))(`their checks${skipNote(sanitized)}`, () => {
  const program = () => compileRunner(sanitized, "sparse_runner.c");

  const valid = (op: SparseOperator, seed: number): RunnerRequest => {
    const random = new Random(seed);
    const shape: Nhwc = op === 2 ? [3, 1, 1, 20] : [1, 5, 6, 7];
    const layer = randomSparseLayer(op, random, { inputChannels: shape[3], pruned: 0.5, activation: 0 });
    return sparseRequest(op, layer, random.int8(shape.reduce((a, b) => a * b)), shape);
  };
  const changed = (op: SparseOperator, change: (packed: RunnerRequest["packed"]) => void): RunnerRequest => {
    const request = structuredClone(valid(op, 5));
    change(request.packed);
    return request;
  };

  const faults: [status: string, what: string, request: RunnerRequest][] = [
    ...sparseOperators.flatMap((op): typeof faults => [
      ["OK", `nothing ${op}`, valid(op, 5)],
      ["VERSION", `a later version ${op}`, changed(op, ({ options }) => options.fill(2, 0, 1))],
      [
        "INDEX_SIZE",
        `an index that is cut off ${op}`,
        changed(op, (packed) => Object.assign(packed, { index: packed.index.slice(0, -1) })),
      ],
      [
        "RECORDS_SIZE",
        `records that are cut off ${op}`,
        changed(op, (packed) => Object.assign(packed, { records: packed.records.slice(1) })),
      ],
    ]),
    ["INDEX_SIZE", "nine patterns", changed(0, ({ index }) => index.fill(9, 0, 1))],
    ["INDEX_TAIL", "taps that do not ascend", changed(0, ({ index }) => index.fill(8, 1, 3))],
    ["INDEX_TAIL", "an entry behind the filter", changed(1, ({ index }) => index.fill(255, -1))],
    ["WEIGHTS_SIZE", "more entries than weights", changed(2, ({ index }) => index.fill(255, 0, 2))],
  ];
  test("name the fault", () => {
    const answers = runRequests(
      program(),
      faults.map((fault) => fault[2]),
    );
    const named = faults.map(([, what], i) => [statusNames[answers[i]!.status], what]);
    expect(named).toEqual(faults.map(([status, what]) => [status, what]));
  });

  test("have a sentence for each status, with the operator's name and no printf conversion", () => {
    for (const { op } of sparseFormats) {
      const messages = messagesOf(op);
      expect(messages).toHaveLength(statusNames.length + 1);
      for (const message of messages) expect(message).toMatch(new RegExp(`^${op}: [^%]+$`));
    }
  });

  test("whatever they accept out of 6,000 corrupted layers runs clean under ASan and UBSan", () => {
    const random = new Random(11);
    const corrupted = Array.from({ length: 6000 }, (_, i) => {
      const request = structuredClone(valid(sparseOperators[i % 3]!, i % 40));
      corruptParts(request.packed, random, () => request.extents.slice(1) as number[]);
      return request;
    });
    const accepted = runRequests(program(), corrupted).filter(({ status }) => status === 0).length;
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(4500);
  }, 60_000);
});
