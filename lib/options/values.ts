import { z } from "zod";
import { type AugmentationName, augmentations } from "../augmentations.js";
import { type DietStep, dietSteps } from "../pack/diet-steps.js";

/** The kinds of values that options have; each schema takes what a config file or the library may hold. */

export const filePath = z.string().min(1);

/** One file or several: separated by commas on the command line, an array elsewhere. */
export const fileList = z
  .union([filePath, z.array(filePath)])
  .transform((value) => (typeof value === "string" ? value.split(",").map((path) => path.trim()) : value))
  .refine((paths) => paths.every((path) => path !== ""));

export const wholeNumber = (least: number) => z.int().min(least);

/** A factor: a finite number other than 0, or a fraction such as "1/255". */
export const factor = z.union([
  z.number().positive(),
  z
    .string()
    .regex(/^\d+(\.\d+)?\/\d+(\.\d+)?$/)
    .transform((text) => {
      const [over, under] = text.split("/").map(Number);
      return over! / under!;
    })
    .refine((value) => Number.isFinite(value) && value > 0),
]);

export const tree = z
  .strictObject({
    dir: filePath.optional(),
    archive: filePath.optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .optional(),
  })
  .refine((value) => (value.dir === undefined) !== (value.archive === undefined))
  .refine((value) => value.sha256 === undefined || value.archive !== undefined);

/** `true` is every one of the names, `false` none; the result has them in their own order. */
const someOf = <Name extends string>(names: readonly [Name, ...Name[]]) =>
  z
    .union([z.boolean(), z.array(z.enum(names))])
    .transform((value): Name[] =>
      typeof value === "boolean"
        ? value
          ? [...names]
          : []
        : names.filter((name) => (value as Name[]).includes(name)),
    );

export const diet = someOf<DietStep>(dietSteps);

export const augment = someOf<AugmentationName>(augmentations);

/** A name that C and C++ accept: letters, digits and underscores, not beginning with a digit. */
export const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

export const method = z.enum(["filterlet", "taylor", "filter-l1", "chip", "patdnn", "unstructured"]);

export const target = z.enum(["generic", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"]);
