import { z } from "zod";

/** How recorded data of each kind become numbers: the nested keys of `csv`, and the types made of them. */

export const inputTypes = ["int8", "uint8", "int16", "float32"] as const;

export const csvSettings = z.strictObject({
  label: z
    .union([z.string().min(1), z.int().min(0)])
    .optional()
    .describe("Column of the classes, by its name or its number from 0."),
  columns: z
    .array(z.union([z.string().min(1), z.int().min(0)]))
    .min(1)
    .optional()
    .describe("Columns of the inputs in their order; all but the label's when absent."),
  header: z
    .boolean()
    .optional()
    .describe("Whether the first row names the columns; where absent, it does if no number is in it."),
  delimiter: z.string().length(1).default(",").describe("What stands between two columns."),
});

export type InputType = (typeof inputTypes)[number];
export type CsvSettings = z.output<typeof csvSettings>;
