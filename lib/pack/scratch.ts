/**
 * Scratch memory of the packed kernels, whichever core they run on: what the C functions `..._get_buffer_size` say, so that a
 * model can bring a workspace that is large enough for all of them.
 */

import { positions, type WeightLayer } from "../layers.js";
import type { NativeGeometry } from "../native/addon-types.js";
import type { Storage } from "../pruned-model.js";
import type { PruningUnit } from "../unit.js";

/** Input rows and columns that a dilated kernel spans, columns of a padded line, and whether any output reads padding. */
function windowOf(g: NativeGeometry) {
  const height = (g.kernelHeight - 1) * g.dilationHeight + 1;
  const width = (g.kernelWidth - 1) * g.dilationWidth + 1;
  const lineWidth = (g.outputWidth - 1) * g.strideWidth + width;
  const reach = (g.outputHeight - 1) * g.strideHeight + height;
  return { height, width, lineWidth, padded: lineWidth > g.inputWidth || reach > g.inputHeight };
}

function isPointwise(g: NativeGeometry): boolean {
  return g.kernelHeight * g.kernelWidth * g.strideHeight * g.strideWidth === 1;
}

/** The portable kernel: as many padded input rows as the window is high; none without padding. */
export function portableScratch(g: NativeGeometry): number {
  const { height, lineWidth, padded } = windowOf(g);
  return padded ? height * lineWidth * g.inputChannels : 0;
}

/** `DTMM_DSP_*` of dtmm_layer_dsp.h and dtmm_sum_groups_dsp.h. */
const dsp = {
  ...{ quad: 4, columnWords: 2, columnBytes: 8, mostColumns: 4096, tilePositions: 32, tileBytes: 4096 },
  ...{ stackRuns: 40, indexBits: 25, group: 4, runBytes: 16 },
};

/** `dtmm_plan_dsp` of dtmm_plan_dsp.c: lines of int16 pairs, and what a filter's list needs besides. */
export function dspScratch(g: NativeGeometry, blockChannels: number): number {
  const { height, width: window } = windowOf(g);
  const stride = g.strideWidth;
  const taps = g.kernelHeight * g.kernelWidth;
  const quads = Math.ceil(g.inputChannels / dsp.quad);
  let limit = Math.trunc((dsp.mostColumns - window) / stride);
  let outputWidth = g.outputWidth;
  if (isPointwise(g)) {
    outputWidth = g.inputHeight * g.inputWidth;
    limit = Math.min(dsp.tilePositions, Math.trunc(dsp.tileBytes / dsp.columnBytes / quads));
  }
  const groups = limit < dsp.group ? 1 : Math.trunc(limit / dsp.group);
  const share = Math.ceil(outputWidth / Math.ceil(outputWidth / (groups * dsp.group)));
  const tile = Math.min(outputWidth, Math.ceil(share / dsp.group) * dsp.group);
  const width = (tile - 1) * stride + window;
  const phases = Math.min(stride, window);
  const lineWords = quads * phases * Math.ceil(width / stride) * dsp.columnWords;
  const words = lineWords * height + (dsp.group - Math.min(tile, dsp.group)) * dsp.columnWords;
  const tapBlocks = Math.ceil(g.inputChannels / blockChannels);
  const runs = taps * ((tapBlocks + 1) >> 1) + Math.trunc((taps * tapBlocks) / dsp.indexBits) + 2;
  const odd = tapBlocks > 1 && blockChannels % dsp.quad !== 0;
  const ragged = !odd && g.inputChannels % dsp.quad !== 0;
  return (
    4 * words +
    (runs > dsp.stackRuns ? runs * dsp.runBytes : 0) +
    (odd ? taps * g.inputChannels + 6 * runs : 0) +
    (ragged ? (quads + 2) * dsp.quad : 0)
  );
}

/** `DTMM_MVE_*` of dtmm_lines_mve.h. */
const mve = { bytes: 16, positions: 8, cellVectors: 4, stackBytes: 1536, tileBytes: 2048 };

/** `dtmm_lines_mve` of dtmm_lines_mve.c. */
export function mveScratch(g: NativeGeometry, blockChannels: number, pointerBytes = 4): number {
  const { height: lines, width } = windowOf(g);
  let window = width;
  let taps = g.kernelHeight * g.kernelWidth;
  let channels = g.inputChannels;
  let vectors = 0;
  if (channels % blockChannels === 0) {
    const power = blockChannels & -blockChannels;
    vectors = Math.min(Math.trunc(power / mve.bytes), mve.cellVectors);
    if (channels < mve.bytes && g.dilationWidth === 1) {
      channels *= window;
      taps = g.kernelHeight;
      window = 1;
    }
  }
  const planes = Math.ceil(channels / mve.bytes);
  const cells = taps * Math.trunc(planes / Math.max(1, vectors));
  let { outputWidth, outputHeight } = g;
  if (isPointwise(g)) {
    const room = Math.trunc(Math.trunc(mve.tileBytes / mve.bytes) / planes) & -mve.positions;
    const tile = Math.min(4 * mve.positions, Math.max(mve.positions, room));
    const all = g.inputHeight * g.inputWidth;
    outputWidth = Math.min(tile, all);
    outputHeight = Math.ceil(all / outputWidth);
  }
  let columns = outputWidth + Math.trunc((window - 1) / g.strideWidth);
  let stacked = 1;
  if (g.outputChannels > Math.trunc(65535 / mve.positions)) columns += mve.positions - 1;
  else while (2 * stacked <= outputHeight && stacked * outputWidth <= mve.positions / 2) stacked *= 2;
  const phases = Math.min(g.strideWidth, window);
  let bytes = mve.bytes * stacked * columns * planes * phases * lines;
  bytes += (-(stacked * outputWidth) & (mve.positions - 1)) * mve.bytes;
  if (g.inputChannels < mve.bytes) {
    bytes += (columns * g.strideWidth + g.kernelWidth) * g.inputChannels + mve.bytes;
  }
  if (vectors === 0) {
    const filterBytes = cells * mve.bytes;
    const filters = Math.max(1, Math.trunc(mve.tileBytes / filterBytes));
    bytes += Math.min(filters, g.outputChannels) * filterBytes;
  }
  const rowCells = Math.trunc(cells / g.kernelHeight);
  const table = ((lines + g.kernelHeight - 1) * rowCells + 3) * pointerBytes;
  const work = table + Math.trunc((cells + 10) / 2) * 4;
  return work > mve.stackBytes ? bytes + work + mve.stackBytes : bytes;
}

/** Output positions that share a patch, as int16 (dtmm_patch.h), and a column of padding. */
function patchScratch(g: NativeGeometry): number {
  const values = g.kernelHeight * g.kernelWidth * g.inputChannels;
  return values * 4 * 2 + g.inputChannels;
}

/** The most scratch memory that a packed layer's kernel asks for on any core; of fully connected ones, those in blocks need none. */
export function scratchBytes(layer: WeightLayer, unit: PruningUnit, storage: Storage): number {
  const { geometry } = layer;
  if (layer.kind === "fullyConnected") {
    const rows = geometry.outputHeight * geometry.outputWidth;
    return storage === "csr" && rows > 1 ? patchScratch(geometry) : 0;
  }
  if (storage !== "blocks") return patchScratch(geometry);
  const block = Math.min(unit.channels, geometry.inputChannels);
  const pointwise = positions(layer) === 1 && isPointwise(geometry);
  return Math.max(
    pointwise ? 0 : portableScratch(geometry),
    dspScratch(geometry, block),
    mveScratch(geometry, block),
  );
}
