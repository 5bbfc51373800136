import { z } from "zod";
import { schemaVersion } from "./schema-version.js";

/** What the build finds in a tree, by the names that cmake/doctor prints. */
export const treeTraits = z.object({
  layout: z.string(),
  /** Files of the tree that the host compiles. */
  sources: z.int(),
  /** Folders of kernels for one kind of processor; the host takes the reference kernels where there are any. */
  optimisedKernels: z.array(z.string()),
  /** Whether the host needs CMSIS-NN, for kernels that the tree has in no other form, and where it is. */
  cmsisNn: z.string(),
  /** Operators that the resolver offers and no compiled source has. */
  leftOutOps: z.array(z.string()),
  debugLog: z.string(),
  registration: z.string(),
  findOp: z.string(),
  interpreter: z.string(),
  persistentMemory: z.string(),
  scratchMemory: z.string(),
  evalTensors: z.string(),
  allOps: z.string(),
});

export type TreeTraits = z.output<typeof treeTraits>;

/** What `doctor` returns. */
export const doctorResultSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  /** Whether `dtmm prune` can run. */
  ready: z.boolean(),
  machine: z.array(
    z.object({
      name: z.string(),
      purpose: z.string(),
      /** Whether `dtmm prune` needs it. */
      needed: z.boolean(),
      /** Where it is, or what it says of itself. */
      found: z.string().optional(),
      /** What is wrong, where it was not found. */
      problem: z.string().optional(),
      remedy: z.string().optional(),
    }),
  ),
  tree: z
    .object({
      root: z.string(),
      label: z.string(),
      /** What named the tree: "--tflm", "TFLM_DIR" or "cargo". */
      origin: z.string(),
      namespace: z.string(),
      hasSources: z.boolean(),
      thirdParty: z.array(
        z.object({
          name: z.string(),
          header: z.string(),
          includeDir: z.string().optional(),
          version: z.string().optional(),
          /** The version that the tree's generated code insists on. */
          wanted: z.string().optional(),
          needed: z.boolean(),
          otherVersions: z.array(z.object({ includeDir: z.string(), version: z.string() })),
        }),
      ),
      /** Folders in which third-party headers were looked for. */
      looked: z.array(z.string()),
      /** Whether the addon is there: a prune then compiles nothing. */
      built: z.boolean(),
      /** Operators that the interpreter was given, after a build. */
      operators: z.int().optional(),
      traits: treeTraits.optional(),
    })
    .optional(),
  /** What is wrong with the tree, and what to do; what the machine lacks stands in `machine`. */
  problems: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
});

export type DoctorResult = z.output<typeof doctorResultSchema>;
