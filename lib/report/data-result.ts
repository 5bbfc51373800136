import { z } from "zod";
import { schemaVersion } from "./schema-version.js";

const statistics = z.object({ min: z.number(), max: z.number(), mean: z.number(), std: z.number() });

/** What `inspect --data` returns. */
export const inspectDataResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  data: z.object({
    path: z.string(),
    kind: z.enum(["npy", "npz", "bin", "csv", "module", "images", "audio"]),
    /** Absent where only reading to the end can tell. */
    samples: z.int().min(0).optional(),
    /** Of one sample. */
    shape: z.array(z.int().min(0)),
    type: z.string(),
    /** What was passed over. */
    notes: z.array(z.string()),
  }),
  /** The settings that counted, defaults included. */
  settings: z.record(z.string(), z.unknown()),
  /** Samples that were read for what follows. */
  read: z.int().min(0),
  /** Values as they were recorded and preprocessed; absent where there are none. */
  recorded: statistics.optional(),
  /** The same as real values; absent for int8 values that are model inputs already. */
  real: statistics.optional(),
  /** Values that are NaN or infinite. */
  notFinite: z.int().min(0),
  /** Of the whole source where it knows them, else of the samples read; absent without classes. */
  classes: z
    .array(z.object({ class: z.int(), name: z.string().optional(), samples: z.int().min(0) }))
    .optional(),
  /** The first samples that were read. */
  first: z.array(
    z.object({
      sample: z.int().min(0),
      class: z.int().optional(),
      /** The first of its recorded values; NaN and infinite ones are null. */
      values: z.array(z.number().nullable()),
      /** The sample drawn in characters, a line each; absent where its shape is no picture's. */
      picture: z.array(z.string()).optional(),
    }),
  ),
  /** Whether a model can take the data; absent without one. */
  model: z
    .object({
      path: z.string(),
      sha256: z.string(),
      input: z.object({
        name: z.string(),
        type: z.string(),
        shape: z.array(z.int()),
        scale: z.number(),
        zeroPoint: z.int(),
        /** Real values that it can stand for; absent for a float input. */
        range: z.tuple([z.number(), z.number()]).optional(),
      }),
      fits: z.boolean(),
      /** Why the data do not fit. */
      problems: z.array(z.object({ code: z.string(), message: z.string() })),
      /** Share of the values beyond the input's range, which end at its ends; absent where nothing is quantised. */
      clamped: z.number().min(0).max(1).optional(),
    })
    .optional(),
});

export type InspectDataResult = z.output<typeof inspectDataResultSchema>;
