/**
 * Log-mel spectrograms and mel-frequency cepstral coefficients as TensorFlow computes them: `tf.signal.stft` with a periodic Hann
 * window, `linear_to_mel_weight_matrix` (HTK's mel scale, triangles in mel, no weight for 0 Hz) and
 * `mfccs_from_log_mel_spectrograms`, in double precision.
 */

import FFT from "fft.js";
import type { SpectrumSettings } from "../../options/data-settings.js";

/** A triangle over the bins of a spectrum: weights from bin `first` on. */
interface MelFilter {
  first: number;
  weights: Float64Array;
}

/** Whole samples in a stretch of time, as TFLM's front end counts them. */
export function samplesIn(milliseconds: number, sampleRate: number): number {
  return Math.floor((milliseconds * sampleRate) / 1000);
}

/** Whole frames in `length` samples. */
export function frameCount(length: number, window: number, stride: number): number {
  return length < window ? 0 : 1 + Math.floor((length - window) / stride);
}

/** The length of the transform: as set, else the next power of two. */
export function transformLength({ fftLength, windowMs, sampleRate }: SpectrumSettings): number {
  return fftLength ?? 2 ** Math.ceil(Math.log2(Math.max(2, samplesIn(windowMs, sampleRate))));
}

/** Computes the features of recordings, one after another; the settings must have been checked. */
export class MelFeatures {
  readonly #settings: SpectrumSettings;
  readonly #window: Float64Array;
  readonly #stride: number;
  readonly #fft: FFT;
  readonly #frame: number[];
  readonly #spectrum: number[];
  readonly #filters: MelFilter[];
  /** [coefficients][melBins] */
  readonly #cosines: Float64Array[];

  constructor(settings: SpectrumSettings) {
    const { sampleRate, windowMs, strideMs } = settings;
    const length = transformLength(settings);
    this.#settings = settings;
    this.#window = hannWindow(samplesIn(windowMs, sampleRate));
    this.#stride = samplesIn(strideMs, sampleRate);
    this.#fft = new FFT(length);
    this.#frame = Array<number>(length).fill(0);
    this.#spectrum = this.#fft.createComplexArray();
    this.#filters = melFilters(settings, length / 2 + 1);
    this.#cosines = settings.features === "mfcc" ? cosines(settings.melBins, settings.coefficients) : [];
  }

  /** [frames, melBins], or [frames, coefficients] for cepstral ones. */
  compute(samples: Float64Array): Float32Array {
    const frames = frameCount(samples.length, this.#window.length, this.#stride);
    const rows = Array.from({ length: frames }, (_, frame) => this.#row(samples, frame * this.#stride));
    const width = rows[0]?.length ?? 0;
    const features = new Float32Array(frames * width);
    rows.forEach((row, frame) => {
      features.set(row, frame * width);
    });
    return features;
  }

  #row(samples: Float64Array, start: number): Float64Array {
    for (let i = 0; i < this.#window.length; i++) this.#frame[i] = samples[start + i]! * this.#window[i]!;
    this.#fft.realTransform(this.#spectrum, this.#frame);
    const logMel = Float64Array.from(this.#filters, (filter) => this.#logEnergy(filter));
    if (this.#cosines.length === 0) return logMel;
    return Float64Array.from(this.#cosines, (row) =>
      row.reduce((sum, cosine, bin) => sum + cosine * logMel[bin]!, 0),
    );
  }

  #logEnergy({ first, weights }: MelFilter): number {
    const { spectrum, log, logOffset } = this.#settings;
    let energy = 0;
    weights.forEach((weight, i) => {
      const [re, im] = [this.#spectrum[2 * (first + i)]!, this.#spectrum[2 * (first + i) + 1]!];
      energy += weight * (spectrum === "power" ? re * re + im * im : Math.hypot(re, im));
    });
    if (log === "ln") return Math.log(energy + logOffset);
    return Math.log10(energy + logOffset) * (log === "db" ? 10 : 1);
  }
}

function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
}

function mel(hertz: number): number {
  return 1127 * Math.log1p(hertz / 700);
}

function melFilters({ melBins, lowerHz, upperHz, sampleRate }: SpectrumSettings, bins: number): MelFilter[] {
  const [low, high] = [mel(lowerHz), mel(upperHz)];
  const edge = (i: number) => low + ((high - low) * i) / (melBins + 1);
  const binMels = Float64Array.from({ length: bins }, (_, bin) => mel((bin * sampleRate) / (2 * (bins - 1))));
  return Array.from({ length: melBins }, (_, filter) => {
    const [from, centre, to] = [edge(filter), edge(filter + 1), edge(filter + 2)];
    // Bin 0, which is 0 Hz, has no part in any filter.
    const all = binMels.map((at, bin) =>
      bin === 0 ? 0 : Math.max(0, Math.min((at - from) / (centre - from), (to - at) / (to - centre))),
    );
    // What has a weight lies side by side.
    return {
      first: Math.max(
        0,
        all.findIndex((weight) => weight > 0),
      ),
      weights: all.filter((weight) => weight > 0),
    };
  });
}

/** Rows of the orthogonal type II cosine transform, but for the 0th row, which TensorFlow leaves sqrt(2) as long. */
function cosines(bins: number, coefficients: number): Float64Array[] {
  return Array.from({ length: coefficients }, (_, k) =>
    Float64Array.from(
      { length: bins },
      (_, n) => Math.sqrt(2 / bins) * Math.cos((Math.PI / bins) * (n + 0.5) * k),
    ),
  );
}
