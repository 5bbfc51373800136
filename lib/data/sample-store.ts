import { dtmmError } from "../errors/index.js";

/** The most that samples may take in memory: 2 GiB, which any one array of the interpreter's calls can be. */
const maxBytes = 2 ** 31;

/** Collects samples of one size end to end, whether their number is known beforehand or not. */
export class SampleStore {
  readonly #path: string;
  readonly #sampleBytes: number;
  #bytes: Uint8Array;
  #samples = 0;

  /**
   * @param path how errors call the source
   * @param count how many samples will come, where that is known
   * @throws DATA_TOO_LARGE
   */
  constructor(path: string, sampleBytes: number, count = 16) {
    this.#path = path;
    this.#sampleBytes = sampleBytes;
    this.#bytes = new Uint8Array(this.#within(count));
  }

  /** Room for the next sample. Throws DATA_TOO_LARGE. */
  next(): Uint8Array {
    const start = this.#samples * this.#sampleBytes;
    if (start + this.#sampleBytes > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#within(this.#samples + 1) * 2, maxBytes));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#samples++;
    return this.#bytes.subarray(start, start + this.#sampleBytes);
  }

  finish(): { samples: number; bytes: Uint8Array } {
    const length = this.#samples * this.#sampleBytes;
    return {
      samples: this.#samples,
      bytes: length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, length),
    };
  }

  #within(count: number): number {
    const bytes = count * this.#sampleBytes;
    if (bytes > maxBytes) throw dtmmError("DATA_TOO_LARGE", { path: this.#path, bytes, limit: maxBytes });
    return bytes;
  }
}
