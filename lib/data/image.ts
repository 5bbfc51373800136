/** Decoding images with sharp (libvips). */

import type { Sharp } from "sharp";
import { DtmmError, dtmmError } from "../errors/index.js";
import type { ImageSettings } from "../options/data-settings.js";
import { readDataFile } from "./read-file.js";

/** Red, green and blue bytes, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Larger files and images are no inputs of a microcontroller: 64 MiB, 8192 x 8192 pixels. */
const maxFileBytes = 2 ** 26;
const maxPixels = 2 ** 26;

const formats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "gif", "tiff"]);

/** sharp is loaded for images only; its binary may be missing where optional packages were left out. */
async function loadSharp() {
  try {
    return (await import("sharp")).default;
  } catch (error) {
    const reason = (error as Error).message.split("\n", 1)[0]!;
    throw dtmmError("IMAGE_DECODER_MISSING", { reason }, error);
  }
}

async function decoding<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DtmmError) throw error;
    const reason = (error as Error).message.split("\n", 1)[0]!;
    throw dtmmError("IMAGE_UNREADABLE", { path, reason }, error);
  }
}

/**
 * Decodes an image as training pipelines do: turned as its EXIF tag says, its colour profile ignored, transparent pixels on
 * the background, the first frame of several.
 *
 * @throws DATA_UNREADABLE, DATA_TOO_LARGE, IMAGE_UNREADABLE, IMAGE_DECODER_MISSING
 */
export async function decodeImage(
  path: string,
  { background }: Pick<ImageSettings, "background">,
): Promise<Pixels> {
  const sharp = await loadSharp();
  const bytes = await readDataFile(path, maxFileBytes);
  return decoding(path, async () => {
    const image = sharp(bytes, {
      autoOrient: true,
      failOn: "error",
      ignoreIcc: true,
      limitInputPixels: maxPixels,
    });
    const { format } = await image.metadata();
    if (!formats.has(format)) throw new Error(`it is of the format ${format}`);
    return pixelsOf(image.flatten({ background: colour(background) }).toColourspace("srgb"));
  });
}

/**
 * Cuts the middle out of an image and brings it to a size.
 *
 * @throws IMAGE_DECODER_MISSING, IMAGE_UNREADABLE
 */
export async function resizeImage(
  path: string,
  { width, height, data }: Pixels,
  size: { width: number; height: number },
  { fit, crop, kernel, background }: ImageSettings,
): Promise<Pixels> {
  if (crop === 1 && width === size.width && height === size.height) return { width, height, data };
  const sharp = await loadSharp();
  const kept = {
    width: Math.max(1, Math.round(width * crop)),
    height: Math.max(1, Math.round(height * crop)),
  };
  return decoding(path, () =>
    pixelsOf(
      sharp(data, { raw: { width, height, channels: 3 } })
        .extract({
          left: Math.floor((width - kept.width) / 2),
          top: Math.floor((height - kept.height) / 2),
          ...kept,
        })
        .resize({ ...size, fit, kernel, background: colour(background) }),
    ),
  );
}

function colour([r, g, b]: ImageSettings["background"]): { r: number; g: number; b: number } {
  return { r, g, b };
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it decodes to ${info.channels} channels`);
  return { width: info.width, height: info.height, data };
}
