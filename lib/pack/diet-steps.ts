/** The steps of the lossless diet: what may leave the file although every op still computes the same bytes. */
export const dietSteps = [
  /** Names of tensors, subgraphs, signatures and the model's description. */
  "names",
  /** Minimum and maximum that a converter recorded per tensor and the interpreter never reads. */
  "minmax",
  /** Metadata entries and the buffers they hold. */
  "metadata",
  /** Quantisation of constants that only packed layers read: those carry multipliers in their records instead. */
  "zeropoints",
  /** Buffers that nothing uses, or that repeat another buffer's bytes. */
  "buffers",
  /** Operator codes that no operator uses, or that repeat another one. */
  "opcodes",
  /** Identical tables and vectors, written once and pointed at from everywhere. */
  "sharing",
] as const;

export type DietStep = (typeof dietSteps)[number];
