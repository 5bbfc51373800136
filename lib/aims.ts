/** What pruning is to make small. */
export const aims = [
  /** The file, at any time per inference. */
  "bytes",
  /** Time per inference on the target. */
  "latency",
  /** A share of the file and the same share of the time count alike. */
  "both",
] as const;

export type Aim = (typeof aims)[number];

/** The limits that tell what a user is after. */
interface Wishes {
  aim?: Aim | undefined;
  keep?: number | undefined;
  flash?: number | undefined;
  latency?: number | undefined;
}

/** The aim that was asked for; else both, but where size or time alone is limited that one. */
export function aimOf({ aim, keep, flash, latency }: Wishes): Aim {
  if (aim !== undefined) return aim;
  const size = keep !== undefined || flash !== undefined;
  const time = latency !== undefined;
  if (size === time) return "both";
  return size ? "bytes" : "latency";
}
