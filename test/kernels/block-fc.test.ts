import { describe, expect, test } from "vitest";
import { blockFullyConnected, recordOffset } from "../../lib/pack/format.js";
import { available, builds, compileRunner, sanitized, skipNote } from "./support/compile.js";
import { corruptParts } from "./support/corrupt.js";
import { fcCases } from "./support/fc-cases.js";
import { packFcRequest, randomFcLayer } from "./support/fc-layers.js";
import { messagesOf } from "./support/messages.js";
import { Random } from "./support/random.js";
import { type RunnerRequest, runRequests } from "./support/requests.js";
import { convStatuses, layerStatuses, statusNames } from "./support/statuses.js";

const { options } = blockFullyConnected;
type OptionName = Parameters<typeof options.offset>[0];

/** Names of the cases whose output differs from the reference. */
function differing(program: string): string[] {
  const answers = runRequests(
    program,
    fcCases.map((c) => c.request),
  );
  expect(answers).toHaveLength(fcCases.length);
  return fcCases
    .filter((c, i) => !Buffer.from(answers[i]!.output).equals(Buffer.from(c.expected)))
    .map((c) => c.name);
}

describe("dtmm_block_fc_s8", () => {
  for (const build of [...builds, sanitized]) {
    test.skipIf(!available(build))(
      `equals the TFLite reference byte for byte: ${build.name}${skipNote(build)}`,
      () => expect(differing(compileRunner(build, "fc_runner.c"))).toEqual([]),
      60_000,
    );
  }

  test("the sweep is no formality: its outputs are spread", () => {
    expect(new Set(fcCases.flatMap((c) => Array.from(c.expected))).size).toBe(256);
    expect(fcCases.length).toBeGreaterThan(600);
  });
});

describe.skipIf(!available(sanitized))(`dtmm_block_fc_check${skipNote(sanitized)}`, () => {
  const random = new Random(5);
  const outputs = 6;
  const layer = randomFcLayer(random, {
    inputs: 10,
    outputs,
    blockInputs: 4,
    blockOutputs: 4,
    activation: 0,
    pruned: 0.4,
  });
  const request = packFcRequest(layer, random.int8(3 * layer.inputs));
  const { packed, extents } = request;
  const [values, rows] = extents as [number, number];

  const withPart = (part: Partial<RunnerRequest["packed"]>) => ({
    ...request,
    packed: { ...packed, ...part },
  });
  const withOption = (changes: Partial<Record<OptionName, number>>) =>
    withPart({ options: options.encode({ ...options.decode(packed.options), ...changes }) });
  const withExtents = (...changed: number[]) => ({ ...request, extents: changed });
  const withRecord = (offset: number, value: number) => {
    const records = packed.records.slice();
    records[offset] = value;
    return withPart({ records });
  };
  const tail = packed.index.slice();
  tail[tail.length - 1]! |= 0x80;

  const faults: [status: string, what: string, request: RunnerRequest][] = [
    ["OK", "nothing", request],
    ["OPTIONS_SIZE", "no options", withPart({ options: new Uint8Array() })],
    ["OPTIONS_SIZE", "options cut off", withPart({ options: packed.options.slice(0, -1) })],
    ["VERSION", "a later version", withOption({ version: 2 })],
    ["LAYOUT", "another layout", withOption({ layout: 1 })],
    ["BLOCK", "a block without inputs", withOption({ blockInputs: 0 })],
    ["BLOCK", "a block beyond the inputs", withOption({ blockInputs: 11 })],
    ["BLOCK", "a block without outputs", withOption({ blockOutputs: 0 })],
    ["BLOCK", "a block of more outputs than a kernel has sums for", withOption({ blockOutputs: 5 })],
    ["ACTIVATION", "an empty activation range", withOption({ activationMin: 5, activationMax: 4 })],
    ["CHANNELS", "other outputs", withOption({ outputs: 7 })],
    ["SHAPE", "other inputs", withOption({ inputs: 11 })],
    ["SHAPE", "no inputs", withOption({ inputs: 0 })],
    ["SHAPE", "a row too many", withExtents(values, rows + 1, outputs)],
    ["SHAPE", "an empty output", withExtents(values, 0, outputs)],
    ["TOO_LARGE", "a huge output", withExtents(values, 2 ** 31 - 1, outputs)],
    ["INDEX_SIZE", "a short index", withPart({ index: new Uint8Array() })],
    ["RECORDS_SIZE", "short records", withPart({ records: packed.records.slice(1) })],
    ["INDEX_TAIL", "a bit after the end", withPart({ index: tail })],
    ["WEIGHTS_SIZE", "too few weights", withPart({ weights: packed.weights.slice(0, -1) })],
    ["WEIGHTS_SIZE", "an empty index", withPart({ index: new Uint8Array(packed.index.length) })],
    ["MULTIPLIER", "a negative multiplier", withRecord(recordOffset("multiplier", outputs) + 3, 0xff)],
    ["SHIFT", "shift 31", withRecord(recordOffset("shift", outputs), 31)],
    [
      "ACCUMULATOR",
      "a bias at the end of int32, in the last bundle",
      withRecord(4 * (outputs - 1) + 3, 0x7f),
    ],
  ];

  test("names the fault", () => {
    const answers = runRequests(
      compileRunner(sanitized, "fc_runner.c"),
      faults.map((fault) => fault[2]),
    );
    const named = faults.map(([, what], i) => [statusNames[answers[i]!.status], what]);
    expect(named).toEqual(faults.map(([status, what]) => [status, what]));
  });

  test("every status has a fault that provokes it", () => {
    const provoked = new Set(faults.map(([status]) => status));
    expect(layerStatuses.filter((name) => !provoked.has(name))).toEqual([]);
  });

  test("each status that it can have has its own sentence", () => {
    const messages = messagesOf(blockFullyConnected.op);
    expect(messages).toHaveLength(statusNames.length + 1);
    expect(new Set(messages).size).toBe(messages.length - convStatuses.length);
    for (const message of messages) expect(message).toMatch(/^DTMM_BLOCK_FULLY_CONNECTED: [^%]+$/);
  });

  test("whatever it accepts out of 6,000 corrupted layers runs clean under ASan and UBSan", () => {
    const valid = fcCases.filter(({ expected }) => expected.length < 40).map((c) => c.request);
    const corrupted = Array.from({ length: 6000 }, () => {
      const copy = structuredClone(random.pick(valid));
      corruptParts(copy.packed, random, () => copy.extents);
      return { ...copy, input: new Int8Array(Math.max(0, Math.min(1e6, copy.extents[0]!))) };
    });
    const answers = runRequests(compileRunner(sanitized, "fc_runner.c"), corrupted);
    const accepted = answers.filter((answer) => answer.status === 0).length;
    expect(answers).toHaveLength(corrupted.length);
    // Flipped weights, zero points and small multipliers stay valid; most of the rest must not.
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(4000);
  }, 60_000);
});
