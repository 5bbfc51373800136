/** Ways in which training inputs are varied; the dense model says what the varied ones are. */
export const augmentations = [
  /** Left and right, every other time: for images whose mirror image means the same. */
  "flip",
  /** Up to a tenth of height and width, the border repeated. */
  "shift",
  /** With up to half of another input, every other time. */
  "blend",
] as const;

export type AugmentationName = (typeof augmentations)[number];
