import { z } from "zod";

/** How recorded data of each kind become numbers: the nested keys of `image`, `audio` and `csv`, and the types made of them. */

export const inputTypes = ["int8", "uint8", "int16", "float32"] as const;

const isDivisor = (value: number | readonly number[]) => [value].flat().every((one) => one !== 0);

const perChannel = z.union(
  [z.number(), z.array(z.number()).min(1).max(3)],
  "expected a number, or a list of one for each channel",
);

export const imageSettings = z.strictObject({
  size: z
    .tuple([z.int().min(1).max(8192), z.int().min(1).max(8192)], "expected [height, width]")
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
    .tuple(
      [z.int().min(0).max(255), z.int().min(0).max(255), z.int().min(0).max(255)],
      "expected [red, green, blue]",
    )
    .default([0, 0, 0])
    .describe("Colour behind transparent pixels and of the padding, as red, green and blue."),
});

/** What all kinds of features take out of a recording. */
const clipSettings = {
  sampleRate: z
    .int()
    .min(1000)
    .max(192_000)
    .default(16_000)
    .describe("Samples a second that recordings must have."),
  clipMs: z
    .number()
    .min(1)
    .max(60_000)
    .default(1000)
    .describe("Length of a sample; shorter recordings are filled up with silence."),
  clipStrideMs: z
    .number()
    .min(1)
    .max(60_000)
    .optional()
    .describe(
      "Distance of the samples that a longer recording is cut into; only its beginning is taken when absent.",
    ),
};

const windowSettings = {
  windowMs: z.number().min(1).max(1000).default(30).describe("Length of a frame."),
  strideMs: z.number().min(1).max(1000).default(20).describe("Distance of two frames."),
  melBins: z.int().min(1).max(512).default(40).describe("Number of mel filters."),
};

const spectrumSettings = {
  ...clipSettings,
  ...windowSettings,
  fftLength: z
    .int()
    .min(2)
    .max(1 << 16)
    .optional()
    .describe(
      "Length of the transform, a power of two; the next one from the window's length up when absent.",
    ),
  spectrum: z.enum(["magnitude", "power"]).default("magnitude").describe("What the mel filters add up."),
  lowerHz: z.number().min(0).default(20).describe("Where the lowest mel filter begins."),
  upperHz: z.number().min(1).default(4000).describe("Where the highest mel filter ends."),
  log: z
    .enum(["ln", "log10", "db"])
    .default("ln")
    .describe("Logarithm of the mel energies; db is 10 * log10."),
  logOffset: z.number().min(0).default(1e-6).describe("Added to a mel energy before the logarithm."),
};

const audioByFeatures = {
  waveform: z.strictObject({ features: z.literal("waveform"), ...clipSettings }),
  "log-mel": z.strictObject({ features: z.literal("log-mel"), ...spectrumSettings }),
  mfcc: z.strictObject({
    features: z.literal("mfcc"),
    ...spectrumSettings,
    coefficients: z
      .int()
      .min(1)
      .max(512)
      .default(10)
      .describe("Number of cepstral coefficients, from the 0th on."),
  }),
  "micro-frontend": z.strictObject({
    features: z.literal("micro-frontend"),
    ...clipSettings,
    ...windowSettings,
    lowerHz: z.number().min(0).default(125).describe("Where the lowest mel filter begins."),
    upperHz: z.number().min(1).default(7500).describe("Where the highest mel filter ends."),
    smoothingBits: z.int().min(0).max(24).default(10).describe("Noise reduction: fractional bits."),
    evenSmoothing: z
      .number()
      .min(0)
      .max(1)
      .default(0.025)
      .describe("Noise reduction: smoothing of even filters."),
    oddSmoothing: z
      .number()
      .min(0)
      .max(1)
      .default(0.06)
      .describe("Noise reduction: smoothing of odd filters."),
    minSignalRemaining: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe("Noise reduction: least share of the signal that stays; 1 for none."),
    pcan: z.boolean().default(true).describe("Automatic gain control."),
    pcanStrength: z.number().min(0).max(1).default(0.95).describe("Gain control: strength."),
    pcanOffset: z.number().min(0).default(80).describe("Gain control: offset."),
    gainBits: z.int().min(1).max(30).default(21).describe("Gain control: fractional bits."),
    log: z.boolean().default(true).describe("Take the logarithm."),
    scaleShift: z.int().min(0).max(15).default(6).describe("Scale of the logarithm, as a power of two."),
  }),
};

export const audioFeatures = Object.keys(audioByFeatures);

export const audioSettings = z.discriminatedUnion("features", [
  audioByFeatures.waveform,
  audioByFeatures["log-mel"],
  audioByFeatures.mfcc,
  audioByFeatures["micro-frontend"],
]);

export const csvSettings = z.strictObject({
  label: z
    .union([z.string().min(1), z.int().min(0)], "expected a name or a number from 0")
    .optional()
    .describe("Column of the classes, by its name or its number from 0."),
  columns: z
    .array(z.union([z.string().min(1), z.int().min(0)], "expected a name or a number from 0"))
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
export type AudioSettings = z.output<typeof audioSettings>;
export type SpectrumSettings = Extract<AudioSettings, { features: "log-mel" | "mfcc" }>;
export type FrontendSettings = Extract<AudioSettings, { features: "micro-frontend" }>;
export type CsvSettings = z.output<typeof csvSettings>;
