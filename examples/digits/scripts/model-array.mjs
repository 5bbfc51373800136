// Turns model/digits_int8.tflite into the C array that the firmware compiles: src/model/model_data.cc and .h.
// Run it after training; `dtmm prune` writes the same two files for the pruned model.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BYTES_PER_LINE = 16;

/** The C++ source that defines `g_model` and `g_model_len`. */
export function arraySource(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = Array.from(
      bytes.subarray(at, at + BYTES_PER_LINE),
      (b) => `0x${b.toString(16).padStart(2, "0")}`,
    );
    lines.push(`    ${line.join(", ")},`);
  }
  return `#include "model_data.h"

// TFLM reads weights in place: const keeps them in flash, alignas keeps word loads aligned.
// clang-format off
alignas(16) const unsigned char g_model[] = {
${lines.join("\n")}
};
// clang-format on
const unsigned int g_model_len = ${bytes.length};
`;
}

/** The header that declares both. */
export function arrayHeader() {
  return `#ifndef MODEL_DATA_H_
#define MODEL_DATA_H_

// The digit classifier, an int8 .tflite file.
extern const unsigned char g_model[];
extern const unsigned int g_model_len;

#endif  // MODEL_DATA_H_
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const model = readFileSync(new URL("../model/digits_int8.tflite", import.meta.url));
  writeFileSync(new URL("../src/model/model_data.cc", import.meta.url), arraySource(model));
  writeFileSync(new URL("../src/model/model_data.h", import.meta.url), arrayHeader());
  console.log(`src/model/model_data.cc: ${model.length} bytes of model`);
}
