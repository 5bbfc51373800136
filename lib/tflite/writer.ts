import { Builder } from "flatbuffers";
import { type DtmmError, dtmmError } from "../errors/index.js";
import { formatPath } from "./field-path.js";
import {
  type Field,
  integerRange,
  planOf,
  type ScalarField,
  type ScalarVectorField,
  unionTag,
} from "./fields.js";
import type { Model, OperatorCode } from "./model.js";
import { enumLabel, fileIdentifier, type ScalarName, scalarBytes, type TableName } from "./schema.js";

export interface WriteOptions {
  /** Write equal strings, vectors and tables once and let them share their bytes. Lossless; the default is off. */
  share?: boolean;
}

/** `deprecatedBuiltinCode` of every operator above 126: "look at builtinCode". */
const placeholderForGreaterOpCodes = 127;

type Plain = Record<string, unknown>;

/** One field of a table, ready to be put into its slot. */
interface Slot {
  slot: number;
  scalar: ScalarName | "offset";
  value: number | bigint;
}

const addSlot: Record<Slot["scalar"], (builder: Builder, slot: number, value: number | bigint) => void> = {
  bool: (builder, slot, value) => builder.addFieldInt8(slot, Number(value), null),
  byte: (builder, slot, value) => builder.addFieldInt8(slot, Number(value), null),
  ubyte: (builder, slot, value) => builder.addFieldInt8(slot, Number(value), null),
  ushort: (builder, slot, value) => builder.addFieldInt16(slot, Number(value), null),
  int: (builder, slot, value) => builder.addFieldInt32(slot, Number(value), null),
  uint: (builder, slot, value) => builder.addFieldInt32(slot, Number(value), null),
  float: (builder, slot, value) => builder.addFieldFloat32(slot, Number(value), null),
  long: (builder, slot, value) => builder.addFieldInt64(slot, BigInt(value), null),
  ulong: (builder, slot, value) => builder.addFieldInt64(slot, BigInt(value), null),
  offset: (builder, slot, value) => builder.addFieldOffset(slot, Number(value), 0),
};

const addElement: Record<ScalarName, (builder: Builder, value: number | bigint) => void> = {
  bool: (builder, value) => builder.addInt8(Number(value)),
  byte: (builder, value) => builder.addInt8(Number(value)),
  ubyte: (builder, value) => builder.addInt8(Number(value)),
  ushort: (builder, value) => builder.addInt16(Number(value)),
  int: (builder, value) => builder.addInt32(Number(value)),
  uint: (builder, value) => builder.addInt32(Number(value)),
  float: (builder, value) => builder.addFloat32(Number(value)),
  long: (builder, value) => builder.addInt64(BigInt(value)),
  ulong: (builder, value) => builder.addInt64(BigInt(value)),
};

/**
 * Writes a model value as a .tflite file. Equal values give equal bytes.
 *
 * Scalars at their default are left out, buffers stand at multiples of 16 bytes, and `deprecatedBuiltinCode` is set as
 * TFLM of any vintage looks it up (trees before 2021 know no other field).
 *
 * @throws DtmmError MODEL_NOT_WRITABLE for a value that the schema table does not allow, with its path
 */
export function writeModel(model: Model, options: WriteOptions = {}): Uint8Array {
  return new ModelWriter(options.share ?? false).write(model);
}

class ModelWriter {
  private readonly builder = new Builder(1 << 16);
  private readonly path: (string | number)[] = [];
  private readonly written = new Map<string, number>();

  constructor(private readonly share: boolean) {}

  write(model: Model): Uint8Array {
    const codes = model.operatorCodes;
    const compatible = Array.isArray(codes) ? { ...model, operatorCodes: codes.map(withLegacyCode) } : model;
    this.builder.finish(this.table("Model", compatible), fileIdentifier);
    return this.builder.asUint8Array().slice();
  }

  private table(table: TableName, value: unknown): number {
    if (typeof value !== "object" || value === null)
      throw this.notWritable(`is no ${table}: ${describe(value)}`);
    const plain = value as Plain;
    const plan = planOf(table);
    this.refuseUnknownKeys(table, plain);
    const slots: Slot[] = [];
    for (const field of plan.fields) {
      this.path.push(field.name);
      slots.push(...this.field(field, plain[field.name]));
      this.path.pop();
    }
    const key = slots.map(({ slot, scalar, value }) => `${slot}:${scalar}:${exact(value)}`).join();
    return this.once(`table ${key}`, () => this.endTable(plan.slots, slots));
  }

  /** Widest fields first: the table then needs the least padding. */
  private endTable(slotCount: number, slots: readonly Slot[]): number {
    this.builder.startObject(slotCount);
    for (const { slot, scalar, value } of [...slots].sort((a, b) => slotBytes(b) - slotBytes(a))) {
      addSlot[scalar](this.builder, slot, value);
    }
    return this.builder.endObject();
  }

  private refuseUnknownKeys(table: TableName, value: Plain): void {
    const known = new Set(planOf(table).fields.map(({ name }) => name));
    const unknown = Object.keys(value).find((name) => !known.has(name));
    if (unknown !== undefined)
      throw this.notWritable(`has the field ${unknown}, which ${table} does not know`);
  }

  private field(field: Field, value: unknown): Slot[] {
    if (value === undefined && field.required) throw this.notWritable("is required");
    if (field.kind === "scalar") return this.scalar(field, value);
    if (value === undefined) return [];
    if (field.kind === "union") return this.union(field, value);
    return [{ slot: field.slot, scalar: "offset", value: this.reference(field, value) }];
  }

  private reference(field: Exclude<Field, { kind: "scalar" | "union" }>, value: unknown): number {
    switch (field.kind) {
      case "string":
        if (typeof value !== "string") throw this.notWritable(`is no string: ${describe(value)}`);
        return this.once(`string ${value}`, () => this.builder.createString(value));
      case "scalars":
        return field.scalar === "ubyte" ? this.bytes(field, value) : this.scalars(field, value);
      case "table":
        return this.table(field.table, value);
      case "tables":
        return this.tables(field.table, value);
    }
  }

  private scalar(field: ScalarField, value: unknown): Slot[] {
    const checked = this.checked(field, value);
    const byDefault = typeof field.default === "boolean" ? Number(field.default) : field.default;
    if (Object.is(checked, byDefault)) return [];
    return [{ slot: field.slot, scalar: field.scalar, value: checked }];
  }

  private union(field: Field & { kind: "union" }, value: unknown): Slot[] {
    const { type, value: member } = (value ?? {}) as { type?: unknown; value?: unknown };
    const tag = typeof type === "string" ? unionTag(field.union, type) : 0;
    if (tag === 0) throw this.notWritable(`holds ${describe(type)}, which is no member of ${field.union}`);
    return [
      { slot: field.slot, scalar: "ubyte", value: tag },
      { slot: field.slot + 1, scalar: "offset", value: this.table(type as TableName, member) },
    ];
  }

  private bytes(field: ScalarVectorField, value: unknown): number {
    if (!(value instanceof Uint8Array)) throw this.notWritable(`is no Uint8Array: ${describe(value)}`);
    const key = this.share ? `${field.align} ${Buffer.from(value).toString("latin1")}` : "";
    return this.once(`bytes ${key}`, () => {
      this.builder.prep(field.align, value.length);
      return this.builder.createByteVector(value);
    });
  }

  private scalars(field: ScalarVectorField, value: unknown): number {
    const elements = this.each(value, (element) => this.checked(field, element));
    return this.once(`${field.scalar} ${field.align} ${elements.map(exact).join()}`, () => {
      this.builder.startVector(scalarBytes[field.scalar], elements.length, field.align);
      for (const element of elements.reverse()) addElement[field.scalar](this.builder, element);
      return this.builder.endVector();
    });
  }

  private tables(table: TableName, value: unknown): number {
    const offsets = this.each(value, (element) => this.table(table, element));
    this.builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.reverse()) this.builder.addOffset(offset);
    return this.builder.endVector();
  }

  private each<T>(value: unknown, write: (element: unknown) => T): T[] {
    if (!Array.isArray(value)) throw this.notWritable(`is no array: ${describe(value)}`);
    const results: T[] = [];
    for (let index = 0; index < value.length; index++) {
      this.path.push(index);
      results.push(write(value[index]));
      this.path.pop();
    }
    return results;
  }

  /** `value` as the number to store, if the field's type can hold it. */
  private checked(field: ScalarField | ScalarVectorField, value: unknown): number | bigint {
    const { scalar, enumName } = field;
    if (scalar === "bool") {
      if (typeof value === "boolean") return Number(value);
    } else if (scalar === "float") {
      if (typeof value === "number") return value;
    } else if (this.fits(scalar, value) && (!enumName || enumLabel(enumName, Number(value)) !== undefined)) {
      return value;
    }
    throw this.notWritable(`is no ${enumName ?? scalar}: ${describe(value)}`);
  }

  private fits(scalar: ScalarName, value: unknown): value is number | bigint {
    const wide = scalar === "long" || scalar === "ulong";
    const [low, high] = integerRange[scalar] ?? [0, 0];
    const isInteger = wide ? typeof value === "bigint" : Number.isInteger(value);
    return isInteger && (value as number | bigint) >= low && (value as number | bigint) <= high;
  }

  /** With `share`, an object whose `key` was written before is not written again. */
  private once(key: string, write: () => number): number {
    if (!this.share) return write();
    const known = this.written.get(key);
    if (known !== undefined) return known;
    const offset = write();
    this.written.set(key, offset);
    return offset;
  }

  private notWritable(problem: string): DtmmError {
    return dtmmError("MODEL_NOT_WRITABLE", { field: formatPath(this.path), problem });
  }
}

function withLegacyCode(code: OperatorCode): OperatorCode {
  const builtin = Math.max(code.builtinCode, code.deprecatedBuiltinCode);
  return { ...code, deprecatedBuiltinCode: Math.min(builtin, placeholderForGreaterOpCodes) };
}

function slotBytes({ scalar }: Slot): number {
  return scalar === "offset" ? 4 : scalarBytes[scalar];
}

/** Tells -0 from 0, which `String` does not. */
function exact(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? (value.constructor?.name ?? "object") : String(value);
}
