/** The schema table in the form that reader and writer run on: per table its fields with slot, kind, default and alignment. */

import {
  type EnumName,
  enums,
  type ScalarName,
  scalarBytes,
  type TableName,
  tables,
  type UnionName,
  unions,
} from "./schema.js";

export type ScalarValue = number | bigint | boolean;

interface FieldBase {
  name: string;
  /** vtable slot; a union has its tag here and its value in the next one. */
  slot: number;
  required: boolean;
}

export interface ScalarField extends FieldBase {
  kind: "scalar";
  scalar: ScalarName;
  enumName: EnumName | undefined;
  default: ScalarValue;
}

export interface ScalarVectorField extends FieldBase {
  kind: "scalars";
  scalar: ScalarName;
  enumName: EnumName | undefined;
  /** The first element stands at a multiple of this many bytes in the file. */
  align: number;
}

export interface StringField extends FieldBase {
  kind: "string";
}

export interface TableField extends FieldBase {
  kind: "table" | "tables";
  table: TableName;
}

export interface UnionField extends FieldBase {
  kind: "union";
  union: UnionName;
}

export type Field = ScalarField | ScalarVectorField | StringField | TableField | UnionField;

export interface TablePlan {
  fields: readonly Field[];
  /** Slots that the schema knows; a file with more of them in use comes from a later schema. */
  slots: number;
}

const notation = /^(\[)?(\w+)\]?(?: = (\S+))?(?: @(\d+))?(!)?$/;

function isScalar(name: string): name is ScalarName {
  return name in scalarBytes;
}

function isEnum(name: string): name is EnumName {
  return name in enums;
}

function isUnion(name: string): name is UnionName {
  return name in unions;
}

function defaultOf(scalar: ScalarName, written: string | undefined): ScalarValue {
  if (scalar === "bool") return written === "true";
  if (scalar === "long" || scalar === "ulong") return BigInt(written ?? 0);
  return Number(written ?? 0);
}

function parseField(name: string, spec: string, slot: number): Field {
  const [, bracket, type = "", written, align, mark] = notation.exec(spec) ?? [];
  const base = { name, slot, required: mark === "!" };
  if (type === "string") return { ...base, kind: "string" };
  if (isUnion(type)) return { ...base, kind: "union", union: type };
  const enumName = isEnum(type) ? type : undefined;
  const scalar = enumName ? enums[enumName].storage : type;
  if (isScalar(scalar)) {
    return bracket
      ? { ...base, kind: "scalars", scalar, enumName, align: Number(align ?? scalarBytes[scalar]) }
      : { ...base, kind: "scalar", scalar, enumName, default: defaultOf(scalar, written) };
  }
  return { ...base, kind: bracket ? "tables" : "table", table: type as TableName };
}

function parseTable(specs: Record<string, string>): TablePlan {
  let slots = 0;
  const fields = Object.entries(specs).map(([name, spec]) => {
    const field = parseField(name, spec, slots);
    slots += field.kind === "union" ? 2 : 1;
    return field;
  });
  return { fields, slots };
}

const plans = Object.fromEntries(
  Object.entries(tables).map(([name, specs]) => [name, parseTable(specs)]),
) as Record<TableName, TablePlan>;

/** The fields of table `name`, in slot order. */
export function planOf(name: TableName): TablePlan {
  return plans[name];
}

const tags = Object.fromEntries(
  Object.entries(unions).map(([name, members]) => [name, Object.keys(members)]),
) as Record<UnionName, TableName[]>;

/** The table behind a union's tag (1 is the first), or `undefined` for 0 and for a tag that the schema does not know. */
export function unionMember(union: UnionName, tag: number): TableName | undefined {
  return tags[union][tag - 1];
}

/** The tag of table `member` in a union, or 0 where the union has no such member. */
export function unionTag(union: UnionName, member: string): number {
  return tags[union].indexOf(member as TableName) + 1;
}

/** Smallest and largest value that an integer scalar of the schema can store. */
export const integerRange: Partial<Record<ScalarName, readonly [number | bigint, number | bigint]>> = {
  byte: [-0x80, 0x7f],
  ubyte: [0, 0xff],
  ushort: [0, 0xffff],
  int: [-0x80000000, 0x7fffffff],
  uint: [0, 0xffffffff],
  long: [-0x8000000000000000n, 0x7fffffffffffffffn],
  ulong: [0n, 0xffffffffffffffffn],
};
