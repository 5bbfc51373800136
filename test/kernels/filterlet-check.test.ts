import { describe, expect, test } from "vitest";
import { filterletConv, recordOffset } from "../../lib/pack/format.js";
import { available, compileRunner, sanitized, skipNote } from "./support/compile.js";
import { corruptParts } from "./support/corrupt.js";
import { packRequest, type Request, randomLayer, runLayers } from "./support/layers.js";
import { messagesOf } from "./support/messages.js";
import { Random } from "./support/random.js";
import type { Nhwc } from "./support/reference.js";
import { convStatuses, layerStatuses, statusNames } from "./support/statuses.js";

const { options } = filterletConv;
type OptionName = Parameters<typeof options.offset>[0];

function validRequest(seed: number): Request {
  const random = new Random(seed);
  const shape: Nhwc = [random.int(1, 2), random.int(3, 7), random.int(3, 7), random.int(1, 6)];
  const wish = {
    inputChannels: shape[3],
    blockChannels: random.int(1, shape[3]),
    strideWidth: random.int(1, 2),
    activation: 0,
  };
  return packRequest(randomLayer(random, wish), random.int8(shape.reduce((a, b) => a * b)), shape);
}

function withOption(request: Request, name: OptionName, value: number): Request {
  return withPart(request, {
    options: options.encode({ ...options.decode(request.packed.options), [name]: value }),
  });
}

function withPart(request: Request, part: Partial<Request["packed"]>): Request {
  return { ...request, packed: { ...request.packed, ...part } };
}

function withRecord(request: Request, offset: number, value: number): Request {
  const records = request.packed.records.slice();
  new DataView(records.buffer).setInt32(offset, value, true);
  return withPart(request, { records });
}

function withShift(request: Request, value: number): Request {
  const records = request.packed.records.slice();
  const channels = options.decode(request.packed.options).outputChannels;
  records[recordOffset("shift", channels)] = value;
  return withPart(request, { records });
}

/** A copy with one to three random bytes, sizes or extents changed. */
function corrupt(request: Request, random: Random): Request {
  const copy: Request = structuredClone(request);
  corruptParts(copy.packed, random, () => random.pick([copy.inputShape, copy.outputShape]));
  const bytes = copy.inputShape.reduce((a, b) => a * b);
  copy.input = new Int8Array(Math.max(0, Math.min(1e6, bytes)));
  return copy;
}

describe.skipIf(!available(sanitized))(`dtmm_filterlet_check${skipNote(sanitized)}`, () => {
  const request = validRequest(3);
  const channels = options.decode(request.packed.options).outputChannels;
  const index = request.packed.index;
  const tail = index.slice();
  tail[tail.length - 1]! |= 0x80;
  const lessWeights = request.packed.weights.slice(0, -1);
  const [batches, height, width, depth] = request.outputShape;

  const faults: [status: string, what: string, request: Request][] = [
    ["OK", "nothing", request],
    ["OPTIONS_SIZE", "no options", withPart(request, { options: new Uint8Array() })],
    ["OPTIONS_SIZE", "options cut off", withPart(request, { options: request.packed.options.slice(0, -1) })],
    ["VERSION", "the version before", withOption(request, "version", 1)],
    ["VERSION", "a later version", withOption(request, "version", 3)],
    ["LAYOUT", "another layout", withOption(request, "layout", 1)],
    ["KERNEL_SIZE", "kernel height 0", withOption(request, "kernelHeight", 0)],
    ["KERNEL_SIZE", "kernel width 12", withOption(request, "kernelWidth", 12)],
    ["STRIDE", "stride 0", withOption(request, "strideWidth", 0)],
    ["STRIDE", "dilation 0", withOption(request, "dilationHeight", 0)],
    ["PADDING", "padding 2", withOption(request, "padding", 2)],
    [
      "ACTIVATION",
      "an empty activation range",
      withOption(withOption(request, "activationMin", 5), "activationMax", 4),
    ],
    ["BLOCK", "an empty block", withOption(request, "blockChannels", 0)],
    ["BLOCK", "a block beyond the channels", withOption(request, "blockChannels", 40)],
    ["CHANNELS", "other input channels", withOption(request, "inputChannels", 40)],
    ["CHANNELS", "other output channels", withOption(request, "outputChannels", 40)],
    ["SHAPE", "one output row too many", { ...request, outputShape: [batches, height + 1, width, depth] }],
    ["SHAPE", "an empty output", { ...request, outputShape: [batches, 0, width, depth] }],
    ["SHAPE", "another batch", { ...request, outputShape: [batches + 1, height, width, depth] }],
    ["TOO_LARGE", "a huge output", { ...request, outputShape: [65536, 65536, width, depth] }],
    ["INDEX_SIZE", "a short index", withPart(request, { index: index.slice(1) })],
    ["RECORDS_SIZE", "short records", withPart(request, { records: request.packed.records.slice(1) })],
    ["INDEX_TAIL", "a bit after the end", withPart(request, { index: tail })],
    ["WEIGHTS_SIZE", "too few weights", withPart(request, { weights: lessWeights })],
    ["WEIGHTS_SIZE", "an empty index", withPart(request, { index: new Uint8Array(index.length) })],
    ["MULTIPLIER", "a negative multiplier", withRecord(request, recordOffset("multiplier", channels), -1)],
    ["SHIFT", "shift 31", withShift(request, 31)],
    ["SHIFT", "shift -32", withShift(request, 256 - 32)],
    ["ACCUMULATOR", "a bias at the end of int32", withRecord(request, 0, 2 ** 31 - 1)],
  ];

  test("names the fault", () => {
    const answers = runLayers(
      compileRunner(sanitized),
      faults.map((fault) => fault[2]),
    );
    const named = faults.map(([, what], i) => [statusNames[answers[i]!.status], what]);
    expect(named).toEqual(faults.map(([status, what]) => [status, what]));
  });

  test("every status has a fault that provokes it", () => {
    const provoked = new Set(faults.map(([status]) => status));
    expect([...layerStatuses, ...convStatuses].filter((name) => !provoked.has(name))).toEqual([]);
  });

  test("each status has its own sentence, with the operator's name and no printf conversion", () => {
    const messages = messagesOf("DTMM_FILTERLET_CONV_2D");
    // One more for a status that does not exist.
    expect(messages).toHaveLength(statusNames.length + 1);
    expect(new Set(messages).size).toBe(messages.length);
    for (const message of messages) expect(message).toMatch(/^DTMM_FILTERLET_CONV_2D: [^%]+$/);
  });

  test("whatever it accepts out of 6,000 corrupted layers runs clean under ASan and UBSan", () => {
    const random = new Random(11);
    const valid = Array.from({ length: 40 }, (_, seed) => validRequest(100 + seed));
    const corrupted = Array.from({ length: 6000 }, () => corrupt(random.pick(valid), random));
    const answers = runLayers(compileRunner(sanitized), corrupted);
    const accepted = answers.filter((answer) => answer.status === 0).length;
    expect(answers).toHaveLength(corrupted.length);
    // Flipped weights, zero points and small multipliers stay valid; most of the rest must not.
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(4000);
  }, 60_000);
});
