import { dtmmError } from "../errors/index.js";
import { readDataFile } from "./read-file.js";

/** Element types that are read, by their NumPy type string without the byte order. */
const elementTypes = {
  u1: { name: "uint8", array: Uint8Array },
  i1: { name: "int8", array: Int8Array },
  i2: { name: "int16", array: Int16Array },
  i4: { name: "int32", array: Int32Array },
  i8: { name: "int64", array: BigInt64Array },
  f4: { name: "float32", array: Float32Array },
  f8: { name: "float64", array: Float64Array },
} as const;

type ElementTypes = typeof elementTypes;
export type NpyData = InstanceType<ElementTypes[keyof ElementTypes]["array"]>;
export type NpyType = ElementTypes[keyof ElementTypes]["name"];

/** An array in C order: the last axis varies fastest. */
export interface NpyArray {
  path: string;
  type: NpyType;
  shape: number[];
  data: NpyData;
}

const supported = Object.values(elementTypes)
  .map((type) => type.name)
  .join(", ");

/** Reads a .npy file of format version 1, 2 or 3; see `parseNpy` for what it accepts. */
export async function readNpy(path: string): Promise<NpyArray> {
  return parseNpy(await readDataFile(path), path);
}

/**
 * Parses the bytes of a .npy file (format: numpy.lib.format). Little endian, C order, the types above.
 * The data may be a view on `bytes`.
 *
 * @param path how errors call the file
 * @throws NPY_NOT_NPY, NPY_HEADER, NPY_FORTRAN_ORDER, NPY_DTYPE, NPY_SIZE
 */
export function parseNpy(bytes: Uint8Array, path: string): NpyArray {
  const { text, dataOffset } = readHeader(bytes, path);
  const header = parseHeader(text, path);
  const type = elementTypes[header.type as keyof ElementTypes];
  const width = type.array.BYTES_PER_ELEMENT;
  const elements = header.shape.reduce((product, axis) => product * axis, 1);
  const actual = bytes.length - dataOffset;
  // Beyond 2^53 the product is inexact but still far beyond any file, so the comparison holds.
  if (elements * width !== actual) {
    throw dtmmError("NPY_SIZE", {
      path,
      shape: shapeText(header.shape),
      expected: String(elements * width),
      actual,
    });
  }
  const aligned = (bytes.byteOffset + dataOffset) % width === 0;
  const body = aligned ? bytes.subarray(dataOffset) : bytes.slice(dataOffset);
  return {
    path,
    type: type.name,
    shape: header.shape,
    data: new type.array(body.buffer as ArrayBuffer, body.byteOffset, elements),
  };
}

/** "[400, 32, 32, 3]" */
export function shapeText(shape: readonly number[]): string {
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
function parseHeader(text: string, path: string): { type: string; shape: number[] } {
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
  if (type === undefined || !Object.hasOwn(elementTypes, type)) {
    throw dtmmError("NPY_DTYPE", { path, dtype: describeType(descr), supported });
  }
  if (order === "True" && shape.length > 1) throw dtmmError("NPY_FORTRAN_ORDER", { path });
  return { type, shape };
}

function describeType(descr: string): string {
  if (descr === "[") return "a structured record";
  if (descr === "|O") return "object";
  if (descr.startsWith(">")) return `${descr} (big endian)`;
  return `"${descr}"`;
}
