/** `RandomStream` of `native/random.h` in TypeScript. */

const mask = (1n << 64n) - 1n;

/** Uniform numbers of SplitMix64. */
function* uniforms(seed: bigint): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    yield Number((z ^ (z >> 31n)) >> 11n) * 2 ** -53;
  }
}

/** The first `count` normal numbers of a seed, by Box and Muller. */
export function normalsOf(seed: bigint, count: number): number[] {
  const uniform = uniforms(seed);
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform.next().value));
    return radius * Math.cos(2 * Math.PI * uniform.next().value);
  });
}
