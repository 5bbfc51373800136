// Writes the recorded inputs that pruning and the firmware need into data/ (generated, not kept under version control):
//   calibration.npy   uint8 [1024, 28, 28, 1], training digits
//   eval.npy          uint8 [1000, 28, 28, 1], held-out digits
//   eval_labels.npy   uint8 [1000]
//   eval.bin          the pixels of eval.npy without a header, for the firmware's standard input

import { mkdirSync, writeFileSync } from "node:fs";
import { splitDigits } from "./digit-split.mjs";
import { npyBytes } from "./npy.mjs";

const folder = new URL("../data/", import.meta.url);
const { evaluation, calibration } = splitDigits();

function write(name, bytes) {
  writeFileSync(new URL(name, folder), bytes);
  console.log(`data/${name}: ${bytes.length} bytes`);
}

function images(digits) {
  const pixels = Buffer.concat(digits.map((digit) => digit.pixels));
  return { pixels, npy: npyBytes([digits.length, 28, 28, 1], pixels) };
}

mkdirSync(folder, { recursive: true });
write("calibration.npy", images(calibration).npy);
write("eval.npy", images(evaluation).npy);
write("eval_labels.npy", npyBytes([evaluation.length], Buffer.from(evaluation.map((digit) => digit.label))));
write("eval.bin", images(evaluation).pixels);
