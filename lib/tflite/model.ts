/**
 * TypeScript types of a model value, derived from the schema table.
 *
 * A table is a plain object: scalars are always there (absent in the file = the schema's default), an absent table,
 * vector, string or union is `undefined` unless the schema table marks it as required. Enums are numbers, 64-bit
 * integers `bigint`, `[ubyte]` is a `Uint8Array` that may be a view on the file's bytes: treat it as read-only.
 */

import type { EnumName, ScalarName, TableName, tables, UnionName, unions } from "./schema.js";

type Scalar<S extends ScalarName> = S extends "bool" ? boolean : S extends "long" | "ulong" ? bigint : number;

type Element<E extends string> = E extends ScalarName
  ? Scalar<E>
  : E extends EnumName
    ? number
    : E extends TableName
      ? TableOf<E>
      : never;

type Vector<E extends string> = E extends "ubyte" ? Uint8Array : Element<E>[];

/** The notation without its default, alignment and required mark. */
type Bare<F> = F extends `${infer T} = ${string}` | `${infer T} @${string}` | `${infer T}!` ? T : F;

type Value<F> =
  Bare<F> extends infer B extends string
    ? B extends `[${infer E}]`
      ? Vector<E>
      : B extends "string"
        ? string
        : B extends UnionName
          ? UnionOf<B>
          : Element<B>
    : never;

/** Whether the field has a value in every model: scalars, enums and required fields. */
type IsPresent<F> = F extends `${string}!` ? true : Bare<F> extends ScalarName | EnumName ? true : false;

type Fields<T extends TableName> = (typeof tables)[T];

/** The value of table `T` of the schema, for example `TableOf<"Conv2DOptions">`. */
export type TableOf<T extends TableName> = {
  -readonly [K in keyof Fields<T> as IsPresent<Fields<T>[K]> extends true ? K : never]: Value<Fields<T>[K]>;
} & {
  -readonly [K in keyof Fields<T> as IsPresent<Fields<T>[K]> extends true ? never : K]?: Value<Fields<T>[K]>;
};

/** The value of union `U` of the schema: which table it holds, and that table. */
export type UnionOf<U extends UnionName> = {
  [T in keyof (typeof unions)[U] & TableName]: { type: T; value: TableOf<T> };
}[keyof (typeof unions)[U] & TableName];

export type Model = TableOf<"Model">;
export type SubGraph = TableOf<"SubGraph">;
export type Tensor = TableOf<"Tensor">;
export type Operator = TableOf<"Operator">;
export type OperatorCode = TableOf<"OperatorCode">;
export type Buffer = TableOf<"Buffer">;
export type Metadata = TableOf<"Metadata">;
export type QuantizationParameters = TableOf<"QuantizationParameters">;
export type BuiltinOptions = UnionOf<"BuiltinOptions">;
export type Conv2DOptions = TableOf<"Conv2DOptions">;
export type DepthwiseConv2DOptions = TableOf<"DepthwiseConv2DOptions">;
export type FullyConnectedOptions = TableOf<"FullyConnectedOptions">;
export type Pool2DOptions = TableOf<"Pool2DOptions">;
