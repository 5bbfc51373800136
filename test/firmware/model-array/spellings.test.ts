/** Models as arrays in the spellings that firmware has them in: read, and written back in the same spelling. */

import { describe, expect, test } from "vitest";
import { arraysIn, isModel } from "../../../lib/firmware/model-array/find.js";
import { modelArrayIn } from "../../../lib/firmware/model-array/read.js";
import { renderElements, styleOf } from "../../../lib/firmware/model-array/style.js";
import { seededRandom } from "../../support/random.js";

/** Bytes that begin as a .tflite file does. */
function modelBytes(length: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length }, () => random.integer(0, 255));
  bytes.set([0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]);
  return bytes;
}

const bytes = modelBytes(40);
const hexOf = (byte: number) => byte.toString(16).padStart(2, "0");
/** Numbers `perLine` to a line. */
function lines(words: string[], perLine: number, indent: string, comma = ", ", eol = "\n"): string {
  const rows: string[] = [];
  for (let at = 0; at < words.length; at += perLine) {
    rows.push(indent + words.slice(at, at + perLine).join(comma));
  }
  return rows.join(`,${eol}`);
}
const hex = [...bytes].map((byte) => `0x${hexOf(byte)}`);
const body = lines(hex, 12, "  ");

const alignMacro = `#ifdef __has_attribute
#define HAVE_ATTRIBUTE(x) __has_attribute(x)
#else
#define HAVE_ATTRIBUTE(x) 0
#endif
#if HAVE_ATTRIBUTE(aligned) || (defined(__GNUC__) && !defined(__clang__))
#define DATA_ALIGN_ATTRIBUTE __attribute__((aligned(4)))
#else
#define DATA_ALIGN_ATTRIBUTE
#endif
`;

const spellings: Record<string, string> = {
  xxd: `unsigned char model_tflite[] = {\n${body}\n};\nunsigned int model_tflite_len = 40;\n`,
  alignas: `alignas(16) const unsigned char g_model[] = {\n${body},\n};\nconst int g_model_len = sizeof(g_model);\n`,
  DATA_ALIGN_ATTRIBUTE: `${alignMacro}\nconst unsigned char g_model[] DATA_ALIGN_ATTRIBUTE = {\n${body}};\n`,
  "unsigned const char": `unsigned const char m[] = {\n${body}\n};\n`,
  PROGMEM: `#include <pgmspace.h>\nconst uint8_t model[] PROGMEM = {\n${body}\n};\n`,
  "attribute in front, in a conditional": `#ifdef __GNUC__
__attribute__((aligned(16), section(".rodata.model")))
#endif
static const std::uint8_t kModel[40] =
{
${body}
};
`,
  "C++11 braces, attributes in brackets": `[[maybe_unused]] constexpr unsigned char m[] {${hex.join(",")}};`,
  "extern C": `extern "C" {\nextern const unsigned char m[];\nconst unsigned char m[] = {\n${body}\n};\n}\n`,
  "comments everywhere": `/* a { model */ const /* b */ unsigned char m[ /* = { */ ] = { // 40 bytes; {\n${body} // the end }\n};\n`,
  "decimal, aligned": `const unsigned char m[] = {\n${lines(
    [...bytes].map((byte) => String(byte).padStart(3)),
    10,
    "    ",
  )}\n};\n`,
  "decimal, ragged": `const unsigned char m[] = {${[...bytes].join(", ")}};`,
  "signed decimal": `const int8_t m[] = {\n${lines([...new Int8Array(bytes)].map(String), 8, "\t")},\n};\n`,
  "upper case": `const BYTE m[] = {\r\n${lines(
    [...bytes].map((byte) => `0X${hexOf(byte).toUpperCase()}U`),
    16,
    "\t",
    ",",
    "\r\n",
  )}\r\n};\r\n`,
  "casts, which narrowing needs": `const char m[] = {\n${lines(
    hex.map((word) => `(char) ${word}`),
    6,
    "  ",
  )}\n};\n`,
  "one line, digits not filled up": `const uint8_t m[] = {${[...bytes].map((byte) => `0x${byte.toString(16)}`).join(",")}};`,
};

describe.each(Object.entries(spellings))("%s", (_, source) => {
  test("the bytes are read", () => {
    const { array } = modelArrayIn(Buffer.from(source), "model.cc");
    expect(Buffer.from(array.bytes).equals(bytes)).toBe(true);
    expect(source.split("\n")[array.line - 1]).toContain(array.name);
  });

  test("and written back in the same spelling", () => {
    const { array } = modelArrayIn(Buffer.from(source), "model.cc");
    const contents = source.slice(array.open, array.close);
    const style = styleOf(contents);
    // A comment among the numbers goes with the numbers that it stood by; those at either end stay.
    expect(renderElements(bytes, style)).toBe(contents);
  });

  test("another model in it is read as that model, the declaration is as it was", () => {
    const { array } = modelArrayIn(Buffer.from(source), "model.cc");
    const other = modelBytes(27, 2);
    const written = renderElements(other, styleOf(source.slice(array.open, array.close)));
    const changed = source.slice(0, array.open) + written + source.slice(array.close);
    const again = modelArrayIn(Buffer.from(changed), "model.cc").array;
    expect(Buffer.from(again.bytes).equals(other)).toBe(true);
    expect(changed.slice(0, again.open)).toBe(source.slice(0, array.open));
  });
});

describe("numbers of every kind", () => {
  const array = (numbers: string) => arraysIn(`const unsigned char m[] = {${numbers}};`);

  test("octal, binary, casts and suffixes", () => {
    const { arrays } = array("0, 017, 0b101, 255u, (char)0xff, (unsigned char) 7, -1, -128");
    expect([...arrays[0]!.bytes]).toEqual([0, 15, 5, 255, 255, 7, 255, 128]);
  });

  test.each([
    ["256", 'element 0, "256"'],
    ["1, -129", 'element 1, "-129"'],
    ["08", 'element 0, "08"'],
    ["1,,2", 'element 1, ""'],
    ["1, kSize", 'element 1, "kSize"'],
    ["'T'", "element 0"],
    ["1,\n#ifdef A\n2,\n#endif\n3", "a preprocessor line"],
    ['\n#include "model.inc"\n', "a preprocessor line"],
  ])("%s is not read", (numbers, reason) => {
    const { arrays, unreadable } = array(numbers);
    expect(arrays).toEqual([]);
    expect(unreadable[0]!.reason).toContain(reason);
  });

  test("pointers, functions and arrays of other types are nothing of ours", () => {
    const source = `const char* names[] = {"a", "b"};
const int32_t m[] = {1, 2};
int main(int argc, char* argv[]) { return 0; }
`;
    expect(arraysIn(source)).toEqual({ arrays: [], unreadable: [] });
  });
});

describe("a source without one clear model", () => {
  const code = (source: string, name?: string) => {
    try {
      modelArrayIn(Buffer.from(source), "model.cc", name);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const two = `const uint8_t a[] = {${hex}};\nconst uint8_t b[] = {${hex}};\n`;

  test("several models: one is picked by its name", () => {
    expect(code(two)).toMatchObject({ code: "MODEL_ARRAY_AMBIGUOUS", exit: 2 });
    expect(modelArrayIn(Buffer.from(two), "model.cc", "b").array.line).toBe(2);
  });

  test("the same name in both branches of an #ifdef", () => {
    const branches = `#ifdef A\nconst uint8_t m[] = {${hex}};\n#else\nconst uint8_t m[] = {${hex}};\n#endif\n`;
    expect(code(branches, "m")).toMatchObject({
      code: "MODEL_ARRAY_AMBIGUOUS",
      message: "several arrays in model.cc hold a model: m (line 2), m (line 4)",
    });
  });

  test("no array, or one that cannot be read", () => {
    expect(code("int x;")).toMatchObject({ code: "MODEL_ARRAY_NOT_FOUND" });
    expect(code("const uint8_t m[] = {1, 2, x};")).toMatchObject({
      code: "MODEL_ARRAY_NOT_FOUND",
      message: expect.stringContaining("model.cc:1: the array m cannot be read: element 2"),
    });
    expect(code("const uint8_t m[] = {1, 2")).toMatchObject({
      message: expect.stringContaining("its closing brace is missing"),
    });
  });

  test("an identifier in the right place makes a model", () => {
    expect(isModel(bytes)).toBe(true);
    expect(isModel(new Uint8Array(40))).toBe(false);
    expect(isModel(bytes.subarray(0, 8))).toBe(false);
  });
});
