import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  asInt8,
  asInt32,
  bytesOfElements,
  constantData,
  convGeometry,
  elementSize,
  isCustomOperator,
  mainGraph,
  opName,
  tensorBytes,
} from "../../lib/tflite/graph.js";
import { enumLabel, Padding, TensorType } from "../../lib/tflite/schema.js";
import { convModelValue, everyLayer } from "../support/models.js";

const window = fc.record({
  inputHeight: fc.integer({ min: 1, max: 40 }),
  inputWidth: fc.integer({ min: 1, max: 40 }),
  filterHeight: fc.integer({ min: 1, max: 5 }),
  filterWidth: fc.integer({ min: 1, max: 5 }),
  strideHeight: fc.integer({ min: 1, max: 4 }),
  strideWidth: fc.integer({ min: 1, max: 4 }),
  dilationHeight: fc.integer({ min: 1, max: 3 }),
  dilationWidth: fc.integer({ min: 1, max: 3 }),
});

describe("convGeometry", () => {
  test("VALID counts the positions at which the whole window is inside", () => {
    fc.assert(
      fc.property(window, (sizes) => {
        const reach = (sizes.filterHeight - 1) * sizes.dilationHeight;
        let positions = 0;
        for (let y = 0; y + reach < sizes.inputHeight; y += sizes.strideHeight) positions++;
        fc.pre(positions > 0);
        const geometry = convGeometry({ padding: Padding.VALID, ...sizes });
        expect(geometry.outputHeight).toBe(positions);
        expect(geometry.padTop).toBe(0);
      }),
      { seed: 1 },
    );
  });

  test("SAME has an output for each stride and at most one more element of padding behind than before", () => {
    fc.assert(
      fc.property(window, (sizes) => {
        const geometry = convGeometry({ padding: Padding.SAME, ...sizes });
        expect(geometry.outputWidth).toBe(Math.ceil(sizes.inputWidth / sizes.strideWidth));
        const last =
          (geometry.outputWidth - 1) * sizes.strideWidth + (sizes.filterWidth - 1) * sizes.dilationWidth;
        const behind = Math.max(0, last - geometry.padLeft - (sizes.inputWidth - 1));
        expect(behind - geometry.padLeft).toBeGreaterThanOrEqual(0);
        expect(behind - geometry.padLeft).toBeLessThanOrEqual(1);
      }),
      { seed: 1 },
    );
  });

  test("agrees with the layers of known networks", () => {
    const square = (input: number, filter: number, stride: number) => ({
      padding: Padding.SAME,
      inputHeight: input,
      inputWidth: input,
      filterHeight: filter,
      filterWidth: filter,
      strideHeight: stride,
      strideWidth: stride,
    });
    expect(convGeometry(square(96, 3, 2))).toEqual({
      outputHeight: 48,
      outputWidth: 48,
      padTop: 0,
      padLeft: 0,
    });
    expect(convGeometry(square(32, 3, 1))).toEqual({
      outputHeight: 32,
      outputWidth: 32,
      padTop: 1,
      padLeft: 1,
    });
    expect(convGeometry({ ...square(49, 10, 2), inputWidth: 10, filterWidth: 4 })).toEqual({
      outputHeight: 25,
      outputWidth: 5,
      padTop: 4,
      padLeft: 1,
    });
  });
});

describe("names, sizes and constants", () => {
  const model = convModelValue(everyLayer);
  const graph = mainGraph(model);

  test("operators have the schema's names, custom ones their own", () => {
    expect(opName(model, graph.operators[0]!)).toBe("CONV_2D");
    expect(isCustomOperator(model, graph.operators[0]!)).toBe(false);
    const custom = {
      ...model,
      operatorCodes: [{ builtinCode: 32, deprecatedBuiltinCode: 32, customCode: "MY_OP", version: 1 }],
    };
    expect(opName(custom, graph.operators[0]!)).toBe("MY_OP");
    expect(isCustomOperator(custom, graph.operators[0]!)).toBe(true);
  });

  test("enum values have labels in both directions", () => {
    expect(enumLabel("TensorType", TensorType.INT8)).toBe("INT8");
    expect(enumLabel("BuiltinOperator", 3)).toBe("CONV_2D");
    expect(enumLabel("Padding", 2)).toBeUndefined();
  });

  test("tensors know their bytes, packed types included", () => {
    expect(tensorBytes(graph.tensors[0]!)).toBe(12 * 12 * 3);
    expect(bytesOfElements(TensorType.INT4, 5)).toBe(3);
    expect(elementSize(TensorType.INT4)).toBe(0.5);
    expect(elementSize(TensorType.STRING)).toBeUndefined();
  });

  test("constants are views, activations have none", () => {
    expect(constantData(model, graph.tensors[0]!)).toBeUndefined();
    expect(constantData(model, graph.tensors[1]!)).toBe(model.buffers[graph.tensors[1]!.buffer]!.data);
  });

  test("typed views read little-endian from any offset", () => {
    const bytes = Uint8Array.of(9, 0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0).subarray(1);
    expect([...asInt32(bytes)]).toEqual([-2, 1]);
    expect(asInt8(bytes)[0]).toBe(-2);
  });
});
