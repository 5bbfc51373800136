// Writes the inputs that quantisation and pruning need into data/ (generated, not kept under version control):
//   calibration.npy   uint8 [1024, 28, 28, 1], training digits
//   eval.npy          uint8 [1000, 28, 28, 1], held-out digits
//   eval_labels.npy   uint8 [1000]

import { mkdirSync, writeFileSync } from "node:fs";
import { splitDigits } from "../../digits/scripts/digit-split.mjs";
import { npyBytes } from "../../digits/scripts/npy.mjs";

const folder = new URL("../data/", import.meta.url);
const { evaluation, calibration } = splitDigits();

function write(name, shape, bytes) {
  writeFileSync(new URL(name, folder), npyBytes(shape, bytes));
  console.log(`data/${name}: [${shape}]`);
}

const pixelsOf = (digits) => Buffer.concat(digits.map((digit) => digit.pixels));

mkdirSync(folder, { recursive: true });
write("calibration.npy", [calibration.length, 28, 28, 1], pixelsOf(calibration));
write("eval.npy", [evaluation.length, 28, 28, 1], pixelsOf(evaluation));
write("eval_labels.npy", [evaluation.length], Buffer.from(evaluation.map((digit) => digit.label)));
