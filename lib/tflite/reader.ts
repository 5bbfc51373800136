import { ByteBuffer } from "flatbuffers";
import { type DtmmError, dtmmError } from "../errors/index.js";
import { formatPath } from "./field-path.js";
import {
  type Field,
  planOf,
  type ScalarField,
  type ScalarValue,
  type ScalarVectorField,
  unionMember,
} from "./fields.js";
import type { Model } from "./model.js";
import {
  type EnumName,
  enumLabel,
  fileIdentifier,
  type ScalarName,
  scalarBytes,
  type TableName,
} from "./schema.js";

/** Root offset and file identifier. */
const headerBytes = 8;

/**
 * Tables and vectors may be shared within a file, so a small file could unfold into a huge value. Each visited byte is
 * charged against this multiple of the file's size, and each table `tableCharge` more for the object it becomes. The
 * smallest table costs its file 4 bytes even where it is shared, and 28 here: real files stay below.
 */
const unfoldLimit = 16;
const tableCharge = 24;

const readScalar: Record<ScalarName, (bytes: ByteBuffer, at: number) => ScalarValue> = {
  bool: (bytes, at) => bytes.readUint8(at) !== 0,
  byte: (bytes, at) => bytes.readInt8(at),
  ubyte: (bytes, at) => bytes.readUint8(at),
  ushort: (bytes, at) => bytes.readUint16(at),
  int: (bytes, at) => bytes.readInt32(at),
  uint: (bytes, at) => bytes.readUint32(at),
  float: (bytes, at) => bytes.readFloat32(at),
  long: (bytes, at) => bytes.readInt64(at),
  ulong: (bytes, at) => bytes.readUint64(at),
};

/** A table's inline data as its vtable lays it out. */
interface TableLayout {
  start: number;
  end: number;
  vtable: number;
  slots: number;
}

/**
 * Reads a .tflite file into a model value, by the schema table.
 *
 * Every offset, vtable, vector length, string, union tag and enum is checked before it is followed. The schema has no
 * recursive table, so depth is bounded; `unfoldLimit` bounds the size. `[ubyte]` vectors are views on `bytes`.
 *
 * @param bytes the whole file
 * @param name what to call the model in an error, usually its path
 * @throws DtmmError MODEL_NOT_TFLITE, MODEL_CORRUPT, MODEL_UNKNOWN_FIELD or MODEL_UNKNOWN_VALUE, with field and byte offset
 */
export function readModel(bytes: Uint8Array, name = "the model"): Model {
  // A Node Buffer's parts would be Buffers again, which are no plain Uint8Array to structured clones and comparisons.
  return new ModelReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), name).read();
}

class ModelReader {
  private readonly buffer: ByteBuffer;
  private readonly size: number;
  private readonly path: (string | number)[] = [];
  private charge: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.buffer = new ByteBuffer(bytes);
    this.size = bytes.length;
    this.charge = this.size * unfoldLimit;
  }

  read(): Model {
    if (this.size < headerBytes) {
      throw dtmmError("MODEL_NOT_TFLITE", { model: this.name, found: `a file of ${this.size} bytes` });
    }
    const identifier = this.bytes.subarray(4, headerBytes);
    if (String.fromCharCode(...identifier) !== fileIdentifier) {
      throw dtmmError("MODEL_NOT_TFLITE", { model: this.name, found: quote(identifier) });
    }
    return this.table("Model", this.follow(0)) as unknown as Model;
  }

  private table(table: TableName, start: number): Record<string, unknown> {
    const layout = this.layout(table, start);
    const plan = planOf(table);
    this.refuseUnknownSlots(table, layout, plan.slots);
    const value: Record<string, unknown> = {};
    for (const field of plan.fields) {
      this.path.push(field.name);
      const read = this.field(field, layout);
      if (read !== undefined) value[field.name] = read;
      else if (field.required) throw this.corrupt(start, `${table}.${field.name} is absent`);
      this.path.pop();
    }
    return value;
  }

  private layout(table: TableName, start: number): TableLayout {
    this.need(start, 4, 4, `table ${table}`);
    const vtable = start - this.buffer.readInt32(start);
    this.need(vtable, 4, 2, `vtable of ${table}`);
    const vtableBytes = this.buffer.readUint16(vtable);
    const inlineBytes = this.buffer.readUint16(vtable + 2);
    if (vtableBytes < 4 || vtableBytes % 2 !== 0 || inlineBytes < 4) {
      throw this.corrupt(vtable, `vtable of ${table} has sizes ${vtableBytes} and ${inlineBytes}`);
    }
    this.need(vtable, vtableBytes, 2, `vtable of ${table}`);
    this.need(start, inlineBytes, 4, `table ${table}`);
    this.spend(inlineBytes + tableCharge, start);
    return { start, end: start + inlineBytes, vtable, slots: (vtableBytes - 4) / 2 };
  }

  private refuseUnknownSlots(table: TableName, layout: TableLayout, known: number): void {
    for (let slot = known; slot < layout.slots; slot++) {
      const offset = layout.vtable + 4 + 2 * slot;
      if (this.buffer.readUint16(offset) !== 0) {
        const details = { model: this.name, field: this.where(), offset, table, slot };
        throw dtmmError("MODEL_UNKNOWN_FIELD", details);
      }
    }
  }

  /** Where the `bytes` of a slot stand, or `undefined` for an absent field. */
  private slot(layout: TableLayout, slot: number, bytes: number): number | undefined {
    if (slot >= layout.slots) return undefined;
    const offset = this.buffer.readUint16(layout.vtable + 4 + 2 * slot);
    if (offset === 0) return undefined;
    const at = layout.start + offset;
    if (offset < 4 || at + bytes > layout.end) {
      throw this.corrupt(layout.vtable + 4 + 2 * slot, `field offset ${offset} leaves its table`);
    }
    this.need(at, bytes, alignmentOf(bytes), "field");
    return at;
  }

  private field(field: Field, layout: TableLayout): unknown {
    if (field.kind === "scalar") return this.scalar(field, layout);
    if (field.kind === "union") return this.union(field, layout);
    const at = this.slot(layout, field.slot, 4);
    if (at === undefined) return undefined;
    const target = this.follow(at);
    switch (field.kind) {
      case "string":
        return this.string(target);
      case "scalars":
        return this.scalars(field, target);
      case "table":
        return this.table(field.table, target);
      case "tables":
        return this.tables(field.table, target);
    }
  }

  private scalar(field: ScalarField, layout: TableLayout): ScalarValue {
    const at = this.slot(layout, field.slot, scalarBytes[field.scalar]);
    if (at === undefined) return field.default;
    const value = readScalar[field.scalar](this.buffer, at);
    if (field.enumName) this.checkEnum(field.enumName, Number(value), at);
    return value;
  }

  private union(field: Field & { kind: "union" }, layout: TableLayout): unknown {
    const tagAt = this.slot(layout, field.slot, 1);
    const tag = tagAt === undefined ? 0 : this.buffer.readUint8(tagAt);
    const at = this.slot(layout, field.slot + 1, 4);
    const member = unionMember(field.union, tag);
    if (tag !== 0 && member === undefined) {
      throw this.unknownValue(`member of ${field.union}`, tag, tagAt ?? layout.start);
    }
    if (at === undefined && member === undefined) return undefined;
    if (at === undefined || member === undefined) {
      throw this.corrupt(
        at ?? tagAt ?? layout.start,
        `union ${field.union} has its tag without its value or the reverse`,
      );
    }
    return { type: member, value: this.table(member, this.follow(at)) };
  }

  private string(at: number): string {
    const length = this.vectorLength(at, 1, "string");
    const text = this.bytes.subarray(at + 4, at + 4 + length);
    this.spend(length, at);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    } catch (cause) {
      throw this.corrupt(at + 4, "string is not UTF-8", cause);
    }
  }

  private scalars(field: ScalarVectorField, at: number): Uint8Array | ScalarValue[] {
    const bytes = scalarBytes[field.scalar];
    const length = this.vectorLength(at, bytes, `vector of ${field.scalar}`);
    const first = at + 4;
    if (field.scalar === "ubyte") return this.bytes.subarray(first, first + length);
    if (length > 0) this.need(first, bytes, alignmentOf(bytes), `vector of ${field.scalar}`);
    this.spend(length * bytes, at);
    const read = readScalar[field.scalar];
    return Array.from({ length }, (_, index) => {
      const value = read(this.buffer, first + index * bytes);
      if (field.enumName) this.checkEnum(field.enumName, Number(value), first + index * bytes);
      return value;
    });
  }

  private tables(table: TableName, at: number): Record<string, unknown>[] {
    const length = this.vectorLength(at, 4, `vector of ${table}`);
    this.spend(length * 4, at);
    const values: Record<string, unknown>[] = [];
    for (let index = 0; index < length; index++) {
      this.path.push(index);
      values.push(this.table(table, this.follow(at + 4 + 4 * index)));
      this.path.pop();
    }
    return values;
  }

  private vectorLength(at: number, elementBytes: number, what: string): number {
    this.need(at, 4, 4, what);
    const length = this.buffer.readUint32(at);
    if (length * elementBytes > this.size - at - 4) {
      throw this.corrupt(at, `${what} of ${length} elements leaves the file of ${this.size} bytes`);
    }
    return length;
  }

  /** Target of the unsigned offset at `at`; the caller has checked that these 4 bytes exist. */
  private follow(at: number): number {
    const offset = this.buffer.readUint32(at);
    if (offset === 0) throw this.corrupt(at, "offset is 0");
    return at + offset;
  }

  private need(at: number, bytes: number, alignment: number, what: string): void {
    if (at < 0 || at + bytes > this.size) {
      throw this.corrupt(at, `${what} leaves the file of ${this.size} bytes`);
    }
    if (at % alignment !== 0) throw this.corrupt(at, `${what} is not aligned to ${alignment} bytes`);
  }

  private spend(bytes: number, at: number): void {
    this.charge -= bytes;
    if (this.charge < 0) {
      throw this.corrupt(
        at,
        `its parts overlap so often that it unfolds to over ${unfoldLimit} times its size`,
      );
    }
  }

  private checkEnum(name: EnumName, value: number, at: number): void {
    if (enumLabel(name, value) === undefined) throw this.unknownValue(name, value, at);
  }

  private unknownValue(kind: string, value: number, offset: number): DtmmError {
    return dtmmError("MODEL_UNKNOWN_VALUE", { model: this.name, field: this.where(), offset, kind, value });
  }

  private corrupt(offset: number, problem: string, cause?: unknown): DtmmError {
    return dtmmError("MODEL_CORRUPT", { model: this.name, field: this.where(), offset, problem }, cause);
  }

  private where(): string {
    return formatPath(this.path);
  }
}

/** A Cortex-M loads 64-bit values from any multiple of 4. */
function alignmentOf(bytes: number): number {
  return Math.min(bytes, 4);
}

function quote(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString("latin1"));
}
