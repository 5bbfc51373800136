import { dtmmError } from "../errors/index.js";
import { bytesPerElement, type Elements, type ElementType, elementCount, elementsOf } from "./elements.js";
import { readDataFile } from "./read-file.js";

/** Element types by their NumPy type string without the byte order. */
const numpyTypes: Record<string, ElementType> = {
  u1: "uint8",
  i1: "int8",
  u2: "uint16",
  i2: "int16",
  u4: "uint32",
  i4: "int32",
  i8: "int64",
  f4: "float32",
  f8: "float64",
};

/** What a .npy file says about its array, which is in C order: the last axis varies fastest. */
export interface NpyHeader {
  path: string;
  type: ElementType;
  shape: number[];
  /** Where the elements begin in the file. */
  dataOffset: number;
}

export interface NpyArray extends NpyHeader {
  data: Elements;
}

/** No header is longer: NumPy itself reads none beyond 10,000 characters. */
export const npyHeaderBytes = 1 << 16;

const supported = Object.values(numpyTypes).join(", ");

/** Reads a .npy file of format version 1, 2 or 3; see `parseNpyHeader` for what it accepts. */
export async function readNpy(path: string): Promise<NpyArray> {
  return parseNpy(await readDataFile(path), path);
}

/**
 * Parses the bytes of a .npy file. The data may be a view on `bytes`.
 *
 * @param path how errors call the file
 * @throws what `parseNpyHeader` throws
 */
export function parseNpy(bytes: Uint8Array, path: string): NpyArray {
  const header = parseNpyHeader(bytes, bytes.length, path);
  return { ...header, data: elementsOf(header.type, bytes.subarray(header.dataOffset)) };
}

/**
 * Parses the header of a .npy file (format: numpy.lib.format). Little endian, C order, the types above.
 *
 * @param start the file's first bytes, `npyHeaderBytes` of them or all
 * @param fileBytes the whole file's length, which must be what the header promises
 * @param path how errors call the file
 * @throws NPY_NOT_NPY, NPY_HEADER, NPY_FORTRAN_ORDER, NPY_DTYPE, NPY_SIZE
 */
export function parseNpyHeader(start: Uint8Array, fileBytes: number, path: string): NpyHeader {
  const { text, dataOffset } = readHeader(start, path);
  const { type, shape } = parseHeader(text, path);
  // Beyond 2^53 the product is inexact but still far beyond any file, so the comparison holds.
  const expected = elementCount(shape) * bytesPerElement(type);
  const actual = fileBytes - dataOffset;
  if (expected !== actual) {
    throw dtmmError("NPY_SIZE", { path, shape: shapeText(shape), expected: String(expected), actual });
  }
  return { path, type, shape, dataOffset };
}

/** "[400, 32, 32, 3]" */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

function readHeader(bytes: Uint8Array, path: string): { text: string; dataOffset: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
  if (magic.some((byte, i) => bytes[i] !== byte)) throw dtmmError("NPY_NOT_NPY", { path });
  const version = bytes[6];
  if (version !== 1 && version !== 2 && version !== 3) {
    throw dtmmError("NPY_HEADER", { path, problem: `format version ${version} is unknown` });
  }
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < start) throw dtmmError("NPY_HEADER", { path, problem: "the file ends in it" });
  const dataOffset = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataOffset > bytes.length) throw dtmmError("NPY_HEADER", { path, problem: "the file ends in it" });
  return { text: Buffer.from(bytes.subarray(start, dataOffset)).toString("latin1"), dataOffset };
}

/** Reads the Python dictionary { 'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. */
function parseHeader(text: string, path: string): { type: ElementType; shape: number[] } {
  const field = (name: string, value: RegExp): string => {
    const match = new RegExp(`'${name}'\\s*:\\s*${value.source}`).exec(text);
    if (match?.[1] === undefined)
      throw dtmmError("NPY_HEADER", { path, problem: `it has no usable '${name}'` });
    return match[1];
  };
  const descr = field("descr", /('[^']*'|\[)/).replaceAll("'", "");
  const order = field("fortran_order", /(True|False)/);
  // NumPy under Python 2 wrote long integers as 3L.
  const shape = field("shape", /\(((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*)\)/)
    .split(",")
    .filter((axis) => axis.trim() !== "")
    .map((axis) => Number.parseInt(axis, 10));
  const type = /^[<|=]([a-z]\d)$/.exec(descr)?.[1];
  if (type === undefined || !Object.hasOwn(numpyTypes, type)) {
    throw dtmmError("NPY_DTYPE", { path, dtype: describeType(descr), supported });
  }
  if (order === "True" && shape.length > 1) throw dtmmError("NPY_FORTRAN_ORDER", { path });
  return { type: numpyTypes[type]!, shape };
}

function describeType(descr: string): string {
  if (descr === "[") return "a structured record";
  if (descr === "|O") return "object";
  if (descr.startsWith(">")) return `${descr} (big endian)`;
  return `"${descr}"`;
}
