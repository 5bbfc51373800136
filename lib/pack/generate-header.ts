/** Renders `tflm-kernels/dtmm_packed_format.h` from `format.ts`; run as a script it writes the file. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FieldType, fieldTypes } from "./fields.js";
import {
  inputSlots,
  layouts,
  maxBlockOutputs,
  maxKernelSize,
  type PackedFormat,
  packedFormats,
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
  return `/* The packed layer format of DTMM's operators: constants and accessors.
 * Generated from lib/pack/format.ts by \`npm run generate\`; do not edit. Prose: docs/packed-format.md. */
#ifndef DTMM_PACKED_FORMAT_H_
#define DTMM_PACKED_FORMAT_H_

#include <stdint.h>

${packedFormats.map(({ op }) => `#define ${op}_NAME "${op}"`).join("\n")}

enum {
${enumerators().join(",\n")}
};

/* Reads a little endian int32 from any address. */
static inline int32_t dtmm_load_int32(const uint8_t* bytes) {
  return (int32_t)((uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
                   ((uint32_t)bytes[3] << 24));
}
${ownOptions().map(optionDecoder).join("")}${recordArrays.map(recordAccessor).join("")}
#endif /* DTMM_PACKED_FORMAT_H_ */
`;
}

function enumerators(): string[] {
  const constants: [string, number][] = [
    ...Object.entries(layouts).map(([name, value]): [string, number] => [`LAYOUT_${shout(name)}`, value]),
    ...Object.entries(paddings).map(([name, value]): [string, number] => [`PADDING_${shout(name)}`, value]),
    ...Object.entries(inputSlots).map(([name, value]): [string, number] => [`INPUT_${shout(name)}`, value]),
    ["MAX_KERNEL_SIZE", maxKernelSize],
    ["MAX_BLOCK_OUTPUTS", maxBlockOutputs],
    ["MIN_SHIFT", shiftRange.min],
    ["MAX_SHIFT", shiftRange.max],
    ["RECORD_BYTES", recordBytesPerFilter],
    ...packedFormats.map(({ prefix, version }): [string, number] => [`${shout(prefix)}_VERSION`, version]),
    ...ownOptions().map(({ prefix, options }): [string, number] => [
      `${shout(prefix)}_OPTIONS_BYTES`,
      options.bytes,
    ]),
  ];
  return constants.map(([name, value]) => `  DTMM_${name} = ${value}`);
}

/** Formats with options of their own; the others have those of one before them. */
function ownOptions(): PackedFormat[] {
  return packedFormats.filter(
    ({ options }, i) => packedFormats.findIndex((other) => other.options === options) === i,
  );
}

/** The options as a struct, and the function that fills it. */
function optionDecoder({ op, prefix, options }: PackedFormat): string {
  const struct = `Dtmm${prefix[0]!.toUpperCase()}${prefix.slice(1)}Options`;
  const bytes = `DTMM_${shout(prefix)}_OPTIONS_BYTES`;
  const decodes = options.fields.map(
    ({ name, type }) => `  options->${snake(name)} = ${load(type, options.offset(name))};`,
  );
  return `
/* The custom options of ${op}, decoded. */
typedef struct ${struct} {
${optionMembers(options.fields).join("\n")}
} ${struct};

/* Decodes ${bytes} bytes of custom options; dtmm_${snake(prefix)}_check judges the values. */
static inline void dtmm_decode_${snake(prefix)}_options(const uint8_t* bytes, ${struct}* options) {
${decodes.join("\n")}
}
`;
}

/** The struct members, with the comments aligned as clang-format does it. */
function optionMembers(fields: PackedFormat["options"]["fields"]): string[] {
  const width = Math.max(...fields.map((f) => snake(f.name).length)) + 1;
  return fields.map((f) => `  int32_t ${`${snake(f.name)};`.padEnd(width)} /* ${f.doc} */`);
}

function recordAccessor(array: (typeof recordArrays)[number]): string {
  const start = recordOffset(array.name, 1);
  const base = start === 0 ? "" : `${start} * filters + `;
  const index = `${base}${fieldTypes[array.type].bytes === 1 ? "" : `${fieldTypes[array.type].bytes} * `}filter`;
  const value = array.type === "int32" ? `dtmm_load_int32(records + ${index})` : `(int8_t)records[${index}]`;
  const unused = start === 0 ? "  (void)filters;\n" : "";
  return `
/* Of one filter: ${array.doc}. */
static inline int32_t dtmm_${snake(array.name)}(const uint8_t* records, int32_t filters, int32_t filter) {
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
