import { z } from "zod";

/** How recorded data of each kind become numbers: the nested keys of `image` and `csv`, and the types made of them. */

export const inputTypes = ["int8", "uint8", "int16", "float32"] as const;

const isDivisor = (value: number | readonly number[]) => [value].flat().every((one) => one !== 0);

const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(4)]);

export const imageSettings = z.strictObject({
  size: z
    .tuple([z.int().min(1).max(8192), z.int().min(1).max(8192)])
    .optional()
    .describe("Height and width, where no model says them."),
  fit: z
    .enum(["cover", "contain", "fill"])
    .default("cover")
    .describe("cover: fill the model's input and cut what stands out; contain: pad; fill: distort."),
  crop: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("Share of height and width to keep of the middle, before resizing."),
  kernel: z
    .enum(["nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3"])
    .default("linear")
    .describe("How pixels are interpolated; all but nearest average when an image gets smaller."),
  channels: z
    .enum(["rgb", "bgr", "grey"])
    .optional()
    .describe("What the last axis holds; rgb for 3 channels and grey for 1 when absent."),
  mean: perChannel
    .default(0)
    .describe("Taken off each pixel value (0..255), one for all channels or one each."),
  std: perChannel
    .refine(isDivisor, "expected numbers other than 0")
    .default(1)
    .describe("What the difference is divided by, one for all channels or one each."),
  background: z
    .tuple([z.int().min(0).max(255), z.int().min(0).max(255), z.int().min(0).max(255)])
    .default([0, 0, 0])
    .describe("Colour behind transparent pixels and of the padding, as red, green and blue."),
});

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
export type ImageSettings = z.output<typeof imageSettings>;
export type CsvSettings = z.output<typeof csvSettings>;
