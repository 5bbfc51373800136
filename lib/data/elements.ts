/** Types of recorded numbers, and arrays of them. */

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type ElementType = keyof typeof arrays;
export type Elements =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export function bytesPerElement(type: ElementType): number {
  return arrays[type].BYTES_PER_ELEMENT;
}

/** The numbers in little-endian bytes; a view on them where their place in memory allows one. */
export function elementsOf(type: ElementType, bytes: Uint8Array): Elements {
  const array = arrays[type];
  const width = array.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, Math.floor(aligned.length / width));
}

/** How many elements an array of this shape has. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}
