import { describe, expect, test } from "vitest";
import { positions } from "../../lib/layers.js";
import { writeField } from "../../lib/pack/fields.js";
import { filterletConv, type RecordName, recordArrays, recordOffset } from "../../lib/pack/format.js";
import { arenaFor, mainGraph } from "../../lib/tflite/graph.js";
import type { Model, Operator } from "../../lib/tflite/model.js";
import { readModel } from "../../lib/tflite/reader.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { filterlet } from "../../lib/unit.js";
import { thrownBy } from "../cli/support/throws.js";
import {
  type ConstantSlot,
  packedOperators,
  tensorOf,
  withChanged,
} from "../pipeline/support/packed-parts.js";
import { bytesOf, usePool } from "../support/interpreter.js";
import { everyLayer, randomInputs } from "../support/models.js";
import { accepted } from "./support/attack.js";
import { packedFixture } from "./support/packed-fixture.js";

const native = usePool();
const { options, version } = filterletConv;
/** Of the last packed layer, which is 3x3. */
const filters = 16;
const inputs = bytesOf(randomInputs(everyLayer, 2));
const file = packedFixture(everyLayer, (layer) =>
  positions(layer) > 1 ? filterlet(layer) : undefined,
).bytes;

function run(bytes: Uint8Array) {
  const arenaBytes = arenaFor(readModel(bytes));
  return native.pool.call("runModel", { model: bytes, arenaBytes, inputs, samples: 2 });
}

/** The packed file, written anew after `change`, which gets the last packed layer. */
function rewritten(change: (operator: Operator, model: Model) => void): Uint8Array {
  const model = structuredClone(readModel(file));
  change(packedOperators(model).at(-1)!, model);
  return writeModel(model);
}

/** The constant in `slot` with another number of bytes, shape and buffer alike. */
function resized(slot: ConstantSlot, by: number): Uint8Array {
  return rewritten((operator, model) => {
    const tensor = mainGraph(model).tensors[tensorOf(operator, slot)]!;
    const data = new Uint8Array(tensor.shape[0]! + by);
    data.set(model.buffers[tensor.buffer]!.data!.subarray(0, data.length));
    tensor.shape = [data.length];
    model.buffers.push({ ...model.buffers[tensor.buffer]!, data });
    tensor.buffer = model.buffers.length - 1;
  });
}

function withOptions(changes: Partial<ReturnType<typeof options.decode>>): Uint8Array {
  return rewritten((operator) => {
    operator.customOptions = options.encode({ ...options.decode(operator.customOptions!), ...changes });
  });
}

/** The record of filter 0 with another value. */
function withRecord(name: RecordName, value: number): Uint8Array {
  const { type } = recordArrays.find((array) => array.name === name)!;
  return withChanged(file, "records", (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    writeField(view, recordOffset(name, filters), type, value);
  });
}

/** The checks in front let the file through: no schema says what a custom operator's constants mean. Prepare must not. */
async function expectRefusal(bytes: Uint8Array, says: RegExp): Promise<void> {
  expect(accepted(bytes)).toBeDefined();
  const error = await thrownBy(() => run(bytes));
  expect([error.code, error.exit]).toEqual(["NATIVE_REJECTED", 2]);
  expect(error.message).toMatch(says);
}

describe("Prepare refuses a damaged packed layer, with a message", () => {
  test.each<[string, () => Uint8Array, RegExp]>([
    ["weights cut", () => resized("weights", -1), /index does not match the number of weights/],
    ["weights to spare", () => resized("weights", 8), /index does not match the number of weights/],
    ["records cut", () => resized("records", -9), /records have the wrong size/],
    ["index cut", () => resized("index", -1), /index has the wrong size/],
    ["index to spare", () => resized("index", 1), /index has the wrong size/],
    ["a newer version", () => withOptions({ version: version + 1 }), /do not know the format version/],
    ["blocks of another size", () => withOptions({ blockChannels: 1 }), /index has the wrong size/],
    ["blocks of no size", () => withOptions({ blockChannels: 0 }), /block size does not fit/],
    ["another weight layout", () => withOptions({ layout: 1 }), /do not know the weight layout/],
    ["more input channels", () => withOptions({ inputChannels: 17 }), /channels of the options/],
    ["fewer filters", () => withOptions({ outputChannels: 8 }), /channels of the options/],
    ["a larger kernel", () => withOptions({ kernelHeight: 4 }), /index has the wrong size/],
    ["a huge kernel", () => withOptions({ kernelWidth: 255 }), /1 to 11/],
    ["no stride", () => withOptions({ strideWidth: 0 }), /at least 1/],
    ["another stride", () => withOptions({ strideHeight: 1 }), /output shape/],
    ["another padding", () => withOptions({ padding: 0 }), /output shape/],
    ["no padding at all", () => withOptions({ padding: 7 }), /SAME or VALID/],
    [
      "an empty activation range",
      () => withOptions({ activationMin: 1, activationMax: 0 }),
      /activation range is empty/,
    ],
    ["a bias out of range", () => withRecord("foldedBias", 2 ** 31 - 1), /accumulator can overflow/],
    ["a negative multiplier", () => withRecord("multiplier", -1), /multiplier is negative/],
    ["a shift out of range", () => withRecord("shift", 31), /shift is not in/],
  ])("%s", async (_, make, says) => {
    await expectRefusal(make(), says);
  });

  test("options of the wrong size, or none", async () => {
    const bytes = (length: number) =>
      rewritten((operator) => {
        operator.customOptions = operator.customOptions!.slice(0, length);
      });
    for (const length of [0, 1, options.bytes - 1]) {
      await expectRefusal(bytes(length), /custom options have the wrong size|format version/);
    }
  });

  test("any bit of the index", async () => {
    let bits = 0;
    withChanged(file, "index", (index) => {
      bits = 8 * index.length;
    });
    expect(bits).toBe(filters * 9);
    for (let bit = 0; bit < bits; bit++) {
      const flipped = withChanged(file, "index", (index) => {
        index[bit >> 3]! ^= 1 << (bit & 7);
      });
      await expectRefusal(flipped, /index does not match the number of weights/);
    }
  });

  test.each<[string, (shape: number[]) => number[]]>([
    ["a row more", ([n, h, w, c]) => [n!, h! + 1, w!, c!]],
    ["a channel less", ([n, h, w, c]) => [n!, h!, w!, c! - 1]],
    ["three dimensions", ([, ...rest]) => rest],
  ])("an output with %s", async (_, reshape) => {
    const bytes = rewritten((operator, model) => {
      const graph = mainGraph(model);
      const output = graph.tensors[operator.outputs[0]!]!;
      output.shape = reshape(output.shape);
      // Nothing behind it: only the packed operator itself can object.
      graph.operators = graph.operators.slice(0, graph.operators.indexOf(operator) + 1);
      graph.outputs = [operator.outputs[0]!];
    });
    await expectRefusal(bytes, /DTMM_FILTERLET_CONV_2D/);
  });

  test("a type that is not int8, and an input that is missing", async () => {
    const other = rewritten((operator, model) => {
      mainGraph(model).tensors[tensorOf(operator, "weights")]!.type = 3;
    });
    await expectRefusal(other, /DTMM_FILTERLET_CONV_2D/);
    const short = rewritten((operator) => {
      operator.inputs = operator.inputs.slice(0, 3);
    });
    await expectRefusal(short, /DTMM_FILTERLET_CONV_2D/);
  });
});

test("the undamaged file, written anew, runs as before", async () => {
  const again = rewritten(() => undefined);
  expect(Array.from((await run(again)).outputs)).toEqual(Array.from((await run(file)).outputs));
});
