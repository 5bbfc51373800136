/** Renders `tflm-kernels/dtmm_packed_format.h` from `format.ts`; run as a script it writes the file. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type FieldType,
  fieldTypes,
  formatVersion,
  inputSlots,
  layouts,
  maxKernelSize,
  opName,
  optionBytes,
  optionFields,
  optionOffset,
  paddings,
  recordArrays,
  recordBytesPerFilter,
  recordOffset,
  shiftRange,
} from "./format.js";

/** Where the rendered header is checked in. */
export const headerPath = fileURLToPath(new URL("../../tflm-kernels/dtmm_packed_format.h", import.meta.url));

/** The whole text of the header, in the shape that clang-format leaves alone. */
export function renderHeader(): string {
  return `/* The packed layer format of ${opName}: constants and accessors.
 * Generated from lib/pack/format.ts by \`npm run generate\`; do not edit. Prose: docs/packed-format.md. */
#ifndef DTMM_PACKED_FORMAT_H_
#define DTMM_PACKED_FORMAT_H_

#include <stdint.h>

#define DTMM_FILTERLET_CONV_2D_NAME "${opName}"

enum {
${enumerators().join(",\n")}
};

/* The custom options, decoded. */
typedef struct DtmmFilterletOptions {
${optionMembers().join("\n")}
} DtmmFilterletOptions;

/* Reads a little endian int32 from any address. */
static inline int32_t dtmm_load_int32(const uint8_t* bytes) {
  return (int32_t)((uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
                   ((uint32_t)bytes[3] << 24));
}

/* Decodes DTMM_OPTIONS_BYTES bytes of custom options; dtmm_filterlet_check judges the values. */
static inline void dtmm_decode_options(const uint8_t* bytes, DtmmFilterletOptions* options) {
${optionFields.map((f) => `  options->${snake(f.name)} = ${load(f.type, optionOffset(f.name))};`).join("\n")}
}
${recordArrays.map(recordAccessor).join("")}
#endif /* DTMM_PACKED_FORMAT_H_ */
`;
}

function enumerators(): string[] {
  const constants: [string, number][] = [
    ["FORMAT_VERSION", formatVersion],
    ...Object.entries(layouts).map(([name, value]): [string, number] => [`LAYOUT_${shout(name)}`, value]),
    ...Object.entries(paddings).map(([name, value]): [string, number] => [`PADDING_${shout(name)}`, value]),
    ...Object.entries(inputSlots).map(([name, value]): [string, number] => [`INPUT_${shout(name)}`, value]),
    ["INPUT_COUNT", Object.keys(inputSlots).length],
    ["MAX_KERNEL_SIZE", maxKernelSize],
    ["MIN_SHIFT", shiftRange.min],
    ["MAX_SHIFT", shiftRange.max],
    ["OPTIONS_BYTES", optionBytes],
    ["RECORD_BYTES", recordBytesPerFilter],
  ];
  return constants.map(([name, value]) => `  DTMM_${name} = ${value}`);
}

/** The struct members, with the comments aligned as clang-format does it. */
function optionMembers(): string[] {
  const width = Math.max(...optionFields.map((f) => snake(f.name).length)) + 1;
  return optionFields.map((f) => `  int32_t ${`${snake(f.name)};`.padEnd(width)} /* ${f.doc} */`);
}

function recordAccessor(array: (typeof recordArrays)[number]): string {
  const start = recordOffset(array.name, 1);
  const base = start === 0 ? "" : `${start} * output_channels + `;
  const index = `${base}${fieldTypes[array.type].bytes === 1 ? "" : `${fieldTypes[array.type].bytes} * `}filter`;
  const value = array.type === "int32" ? `dtmm_load_int32(records + ${index})` : `(int8_t)records[${index}]`;
  const unused = start === 0 ? "  (void)output_channels;\n" : "";
  return `
/* Of one filter: ${array.doc}. */
static inline int32_t dtmm_${snake(array.name)}(const uint8_t* records, int32_t output_channels, int32_t filter) {
${unused}  return ${value};
}
`;
}

function load(type: FieldType, offset: number): string {
  if (type === "uint8") return `bytes[${offset}]`;
  if (type === "int8") return `(int8_t)bytes[${offset}]`;
  if (type === "uint16") return `bytes[${offset}] | (bytes[${offset + 1}] << 8)`;
  return `dtmm_load_int32(bytes + ${offset})`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function shout(name: string): string {
  return snake(name).toUpperCase();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(headerPath, renderHeader());
