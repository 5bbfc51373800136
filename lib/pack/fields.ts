/** Fields of a packed layer: how values lie in the bytes that both the packer and the C kernels read. */

/** Storage of one field; multi-byte values are little endian. */
export type FieldType = "uint8" | "int8" | "uint16" | "int32";

export interface Field<Name extends string = string> {
  readonly name: Name;
  readonly type: FieldType;
  readonly doc: string;
  /** Smallest valid value, where that is not the smallest of the type. */
  readonly min?: number;
  /** Largest valid value, where that is not the largest of the type. */
  readonly max?: number;
}

/** Bytes, smallest and largest value of a field type. */
export const fieldTypes: Record<FieldType, { bytes: number; min: number; max: number }> = {
  uint8: { bytes: 1, min: 0, max: 255 },
  int8: { bytes: 1, min: -128, max: 127 },
  uint16: { bytes: 2, min: 0, max: 65535 },
  int32: { bytes: 4, min: -(2 ** 31), max: 2 ** 31 - 1 },
};

/** Writes one field into `view` at `offset`. */
export function writeField(view: DataView, offset: number, type: FieldType, value: number): void {
  if (type === "uint8") view.setUint8(offset, value);
  else if (type === "int8") view.setInt8(offset, value);
  else if (type === "uint16") view.setUint16(offset, value, true);
  else view.setInt32(offset, value, true);
}

/** Reads one field from `view` at `offset`. */
export function readField(view: DataView, offset: number, type: FieldType): number {
  if (type === "uint8") return view.getUint8(offset);
  if (type === "int8") return view.getInt8(offset);
  if (type === "uint16") return view.getUint16(offset, true);
  return view.getInt32(offset, true);
}

/** Bytes of the fields before `name`, of all of them without a name. */
export function sizeBefore(fields: readonly Field[], name?: string): number {
  let bytes = 0;
  for (const field of fields) {
    if (field.name === name) break;
    bytes += fieldTypes[field.type].bytes;
  }
  return bytes;
}

/** Fields one after the other, without gaps. */
export class Struct<Name extends string> {
  readonly bytes: number;

  constructor(readonly fields: readonly Field<Name>[]) {
    this.bytes = sizeBefore(fields);
  }

  /** Byte offset of a field. */
  offset(name: Name): number {
    return sizeBefore(this.fields, name);
  }

  /** The first value that its field does not allow, in words. */
  fault(values: Readonly<Record<Name, number>>): string | undefined {
    for (const { name, type, min = fieldTypes[type].min, max = fieldTypes[type].max } of this.fields) {
      const value = values[name];
      if (!(Number.isInteger(value) && value >= min && value <= max)) {
        return `${name} ${value}, not in ${min} to ${max}`;
      }
    }
    return undefined;
  }

  /** Encodes values that fit the types of their fields. */
  encode(values: Readonly<Record<Name, number>>): Uint8Array {
    const view = new DataView(new ArrayBuffer(this.bytes));
    for (const { name, type } of this.fields) writeField(view, this.offset(name), type, values[name]);
    return new Uint8Array(view.buffer);
  }

  /** Decodes at least `bytes` bytes. */
  decode(bytes: Uint8Array): Record<Name, number> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entries = this.fields.map(({ name, type }) => [name, readField(view, this.offset(name), type)]);
    return Object.fromEntries(entries) as Record<Name, number>;
  }
}
