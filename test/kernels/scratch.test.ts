/** What packing says about scratch memory is what the kernels ask for. */

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { NativeGeometry } from "../../lib/native/addon-types.js";
import { dspScratch, mveScratch, portableScratch } from "../../lib/pack/scratch.js";
import { available, builds, compile, kernelSources, skipNote, supportFile } from "./support/compile.js";
import { Random } from "./support/random.js";

const build = builds[0]!;

/** A layer that fits, SAME or VALID. */
function randomGeometry(random: Random): NativeGeometry {
  const [kernelHeight, kernelWidth] = [
    random.pick([1, 1, 2, 3, 3, 5, 11]),
    random.pick([1, 1, 2, 3, 3, 5, 11]),
  ];
  const [strideHeight, strideWidth] = [random.int(1, 3), random.pick([1, 1, 2, 3])];
  const [dilationHeight, dilationWidth] = [random.int(1, 2), random.int(1, 2)];
  const window = {
    height: (kernelHeight - 1) * dilationHeight + 1,
    width: (kernelWidth - 1) * dilationWidth + 1,
  };
  const inputHeight = window.height + random.int(0, 40);
  const inputWidth = window.width + random.int(0, 40);
  const same = random.int(0, 1) === 1;
  const size = (input: number, span: number, stride: number) =>
    same ? Math.ceil(input / stride) : Math.floor((input - span) / stride) + 1;
  return {
    ...{ inputHeight, inputWidth, inputChannels: random.int(1, 140), outputChannels: random.int(1, 300) },
    ...{ kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth },
    outputHeight: size(inputHeight, window.height, strideHeight),
    outputWidth: size(inputWidth, window.width, strideWidth),
    ...{ padTop: 0, padLeft: 0 },
  };
}

test.skipIf(!available(build))(`of 2,000 layers, for every kernel${skipNote(build)}`, () => {
  const random = new Random(7);
  const layers = Array.from({ length: 2000 }, () => {
    const geometry = randomGeometry(random);
    const block = random.pick([4, 8, 16, 32, random.int(1, 140), geometry.inputChannels]);
    return { geometry, block: Math.min(block, geometry.inputChannels) };
  });
  const input = layers
    .map(({ geometry: g, block }) =>
      [
        ...[g.inputHeight, g.inputWidth, g.inputChannels, g.outputHeight, g.outputWidth, g.outputChannels],
        ...[
          g.kernelHeight,
          g.kernelWidth,
          g.strideHeight,
          g.strideWidth,
          g.dilationHeight,
          g.dilationWidth,
          block,
        ],
      ].join(" "),
    )
    .join("\n");
  const program = compile(build, [supportFile("scratch.c"), ...kernelSources]);
  const asked = execFileSync(program, { input, encoding: "utf8" }).trim().split("\n");
  // Pointers of this machine are in the MVE kernel's table.
  const said = layers.map(({ geometry, block }) =>
    [portableScratch(geometry), dspScratch(geometry, block), mveScratch(geometry, block, 8)].join(" "),
  );
  const differing = asked.flatMap((line, i) =>
    line === said[i] ? [] : [{ ...layers[i], asked: line, said: said[i] }],
  );
  expect(differing.slice(0, 3)).toEqual([]);
  expect(new Set(asked).size).toBeGreaterThan(1500);
});
