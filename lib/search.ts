/** Finding the share of weights to keep: for a file size, or for the accuracy that the interpreter measures. */

/** Shares closer than this are the same to the search. */
const resolution = 1 / 256;

/**
 * The largest share whose predicate holds, given that smaller shares hold more easily.
 *
 * @returns 0 when not even the smallest share holds
 */
export function largestShare(holds: (share: number) => boolean): number {
  let low = 0;
  let high = 1;
  if (holds(high)) return high;
  while (high - low > resolution / 4) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The smallest share that passes. Accuracy on a finite set of inputs is not monotone in the share, so after bisection
 * the shares just below the border are tried as well.
 *
 * @param passes whether a share passes; called some ten times
 * @param onStep told how much of the search is done, 0..1
 * @param from a share that is known to pass
 * @returns `from` where nothing below it passes
 */
export async function smallestShare(
  passes: (share: number) => Promise<boolean>,
  onStep: (done: number) => void,
  from = 1,
): Promise<number> {
  const expected = Math.ceil(Math.log2(1 / resolution)) + triesBelow;
  let steps = 0;
  const check = async (share: number) => {
    const result = await passes(share);
    onStep(Math.min(1, ++steps / expected));
    return result;
  };
  let low = 0;
  let high = from;
  while (high - low > resolution) {
    const middle = (low + high) / 2;
    if (await check(middle)) high = middle;
    else low = middle;
  }
  const border = high;
  for (let i = 1; i <= triesBelow; i++) {
    const share = border - i * 2 * resolution;
    if (share > 0 && (await check(share))) high = share;
  }
  return high;
}

/** How many shares below the border are tried. */
const triesBelow = 3;

/** A try that is dear keeps this share of what the one before kept. */
const stride = 0.86;
const mostStrides = 4;

/**
 * A small share that passes, where a try is dear: strides down from one that passes until one fails, and once half a
 * stride beyond the last that did not.
 *
 * @param passes called five times at most
 * @returns `from` where nothing below it passes
 */
export async function descend(passes: (share: number) => Promise<boolean>, from: number): Promise<number> {
  let held = from;
  for (let i = 0; i < mostStrides && (await passes(held * stride)); i++) held *= stride;
  const between = held * Math.sqrt(stride);
  return (await passes(between)) ? between : held;
}
