import { dtmmError } from "../errors/index.js";
import type { ImageSettings } from "../options/data-settings.js";
import { type FileSource, fileSource } from "./file-source.js";
import type { DataFolder } from "./folder.js";
import { decodeImage, type Pixels, resizeImage } from "./image.js";
import type { DataSource, ExpectedInput } from "./source.js";

/** The size and channels that images become. */
interface ImageShape {
  width: number;
  height: number;
  channels: NonNullable<ImageSettings["channels"]>;
}

/**
 * Opens images, which become [height, width, channels] as the model's input has it; without a model, as the settings or the first
 * image say. Values are bytes, or real numbers where a mean or a standard deviation is to be taken out.
 *
 * @throws IMAGE_INPUT, OPTION_VALUE, and what decoding throws
 */
export async function openImages(
  path: string,
  folder: Pick<DataFolder, "files" | "labels" | "notes">,
  settings: ImageSettings,
  expected?: ExpectedInput,
): Promise<DataSource> {
  const target = expected
    ? expectedShape(path, expected.shape, settings)
    : await ownShape(folder.files[0]!, settings);
  const depth = target.channels === "grey" ? 1 : 3;
  const mean = perChannel("mean", settings.mean, depth);
  const std = perChannel("std", settings.std, depth);
  const isPlain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  const source: FileSource = {
    ...{ kind: "images", path, ...folder },
    shape: [target.height, target.width, depth],
    type: isPlain ? "uint8" : "float32",
    decode: async (file) => {
      const pixels = await decodeImage(file, settings);
      const bytes = arrange(await resizeImage(file, pixels, target, settings), target.channels);
      if (isPlain) return bytes;
      return Float32Array.from(bytes, (value, i) => (value - mean[i % depth]!) / std[i % depth]!);
    },
  };
  return fileSource(source);
}

function expectedShape(path: string, shape: readonly number[], settings: ImageSettings): ImageShape {
  const [height, width, depth = 1] = shape;
  const channels = settings.channels ?? (depth === 1 ? "grey" : "rgb");
  const fits = depth === (channels === "grey" ? 1 : 3) && (shape.length === 3 || shape.length === 2);
  if (!fits) throw dtmmError("IMAGE_INPUT", { path, shape: shape.join(", "), channels });
  return { height: height!, width: width!, channels };
}

async function ownShape(first: string, settings: ImageSettings): Promise<ImageShape> {
  const { channels = "rgb" } = settings;
  if (settings.size) return { height: settings.size[0], width: settings.size[1], channels };
  const { height, width } = await decodeImage(first, settings);
  return { height, width, channels };
}

/** One number for each channel. Throws OPTION_VALUE. */
function perChannel(name: string, value: number | readonly number[], depth: number): readonly number[] {
  if (typeof value === "number") return Array<number>(depth).fill(value);
  if (value.length === depth) return value;
  const expects = `one number, or one for each of the ${depth} channels`;
  throw dtmmError("OPTION_VALUE", { where: `${name} of image`, expects, value: JSON.stringify(value) });
}

/** Puts the channels into their order; grey is luma as of ITU-R BT.601, which Pillow, OpenCV and TensorFlow take. */
function arrange({ width, height, data }: Pixels, channels: ImageShape["channels"]): Uint8Array {
  if (channels === "rgb") return data;
  const pixels = width * height;
  if (channels === "grey") {
    return Uint8Array.from({ length: pixels }, (_, i) =>
      Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!),
    );
  }
  return Uint8Array.from(data, (_, i) => data[i + 2 - 2 * (i % 3)]!);
}
