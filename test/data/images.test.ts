import path from "node:path";
import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { loadInputs } from "../../lib/data/inputs.js";
import type { DataSettings } from "../../lib/data/open.js";
import { imageSettings } from "../../lib/options/data-settings.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";
import { open, plain, read } from "./support.js";

const root = tempFolder();
let folders = 0;

/** A folder of its own with these files. */
function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = path.join(root, String(folders++));
  writeFiles(folder, files);
  return folder;
}

const image = (settings: object): Partial<DataSettings> => ({ image: imageSettings.parse(settings) });

/** An image of raw pixels, row by row. */
function raw(width: number, height: number, channels: 1 | 2 | 3 | 4, data: readonly number[]): Sharp {
  return sharp(Uint8Array.from(data), { raw: { width, height, channels } });
}

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];

/** Two rows of four pixels: the left half red, the right half blue. */
const halves = await raw(4, 2, 3, [red, red, blue, blue, red, red, blue, blue].flat()).png().toBuffer();

/** Images of one pixel, by its grey. */
const dots = await Promise.all(
  [0, 1, 2, 3, 4].map((grey) => raw(1, 1, 3, [grey, grey, grey]).png().toBuffer()),
);

const noise = raw(
  64,
  64,
  3,
  Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) >> 4),
);
const png = await noise.png().toBuffer();
const jpeg = await noise.jpeg().toBuffer();

async function valuesOf(content: Uint8Array, shape: readonly number[], settings: object = {}, end = "png") {
  const source = await open(folderOf({ [`x.${end}`]: content }), image(settings), shape);
  return (await read(source)).values[0]!;
}

describe("pixels become values", () => {
  test("red, green and blue, in this order or the other, or grey", async () => {
    const content = await raw(2, 2, 3, [...red, ...green, ...blue, ...white])
      .png()
      .toBuffer();
    expect(await valuesOf(content, [2, 2, 3])).toEqual([...red, ...green, ...blue, ...white]);
    expect(await valuesOf(content, [2, 2, 3], { channels: "bgr" })).toEqual([
      ...blue,
      ...green,
      ...red,
      ...white,
    ]);
    expect(await valuesOf(content, [2, 2, 1])).toEqual([76, 150, 29, 255]);
    expect(await valuesOf(content, [2, 2])).toEqual([76, 150, 29, 255]);
  });

  test("a mean and a standard deviation, one or one each", async () => {
    const content = await raw(1, 1, 3, [0, 100, 255]).png().toBuffer();
    expect(await valuesOf(content, [1, 1, 3], { mean: 127.5, std: 127.5 })).toEqual([
      -1,
      Math.fround(-27.5 / 127.5),
      1,
    ]);
    expect(await valuesOf(content, [1, 1, 3], { mean: [0, 50, 55], std: [1, 2, 4] })).toEqual([0, 25, 50]);
  });

  test.each(["png", "jpg", "webp", "gif", "tif"])("a %s of one grey", async (end) => {
    const grey = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 90, g: 90, b: 90 } } });
    const content = await grey.toFormat(end as "png").toBuffer();
    for (const value of await valuesOf(content, [8, 8, 1], {}, end))
      expect(Math.abs(value - 90)).toBeLessThan(2);
  });

  test("one channel, and 16 bits a channel", async () => {
    const single = await raw(2, 1, 1, [10, 200]).toColourspace("b-w").png().toBuffer();
    expect(await valuesOf(single, [1, 2, 3])).toEqual([10, 10, 10, 200, 200, 200]);
    const wide = await raw(2, 1, 3, [...red, 17, 17, 17])
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    expect((await sharp(wide).metadata()).depth).toBe("ushort");
    expect(await valuesOf(wide, [1, 2, 3])).toEqual([...red, 17, 17, 17]);
  });

  test("transparent pixels show the background", async () => {
    const content = await raw(3, 1, 4, [...red, 255, ...red, 0, ...red, 51])
      .png()
      .toBuffer();
    expect(await valuesOf(content, [1, 3, 3])).toEqual([...red, 0, 0, 0, 51, 0, 0]);
    const [, , , ...rest] = await valuesOf(content, [1, 3, 3], { background: [0, 0, 255] });
    expect(rest.slice(0, 3)).toEqual(blue);
  });

  test("an image is turned as its EXIF tag says", async () => {
    // Orientation 6: the camera was turned, the first stored row is the right edge.
    const content = await sharp(halves).withMetadata({ orientation: 6 }).png().toBuffer();
    const values = await valuesOf(content, [4, 2, 3]);
    expect(values).toEqual([red, red, red, red, blue, blue, blue, blue].flat());
  });

  test("a colour profile changes nothing", async () => {
    const content = await sharp(halves).withIccProfile("p3").png().toBuffer();
    const stored = await sharp(content, { ignoreIcc: true }).raw().toBuffer();
    expect(await valuesOf(content, [2, 4, 3])).toEqual([...stored]);
  });
});

describe("sizes", () => {
  test("cover cuts, contain pads, fill distorts", async () => {
    const nearest = { kernel: "nearest" };
    expect(await valuesOf(halves, [2, 2, 3], nearest)).toEqual([red, blue, red, blue].flat());
    const padded = await valuesOf(halves, [4, 4, 3], { ...nearest, fit: "contain", background: white });
    expect(padded).toEqual(
      [
        [white, white, white, white],
        [red, red, blue, blue],
        [red, red, blue, blue],
        [white, white, white, white],
      ].flat(2),
    );
    expect(await valuesOf(halves, [1, 4, 3], { ...nearest, fit: "fill" })).toEqual(
      [red, red, blue, blue].flat(),
    );
  });

  test("crop keeps the middle", async () => {
    const rows = Array.from({ length: 16 }, (_, i) => [i, i, i]).flat();
    const content = await raw(4, 4, 3, rows).png().toBuffer();
    expect(await valuesOf(content, [2, 2, 1], { crop: 0.5 })).toEqual([5, 6, 9, 10]);
  });

  test("linear averages when an image gets smaller", async () => {
    const rows = Array.from({ length: 64 }, (_, i) => (i % 2) * 200).flatMap((value) => [
      value,
      value,
      value,
    ]);
    const values = await valuesOf(await raw(8, 8, 3, rows).png().toBuffer(), [2, 2, 1]);
    for (const value of values) expect(Math.abs(value - 100)).toBeLessThan(30);
  });

  test("without a model: the settings' size, else the first image's", async () => {
    const folder = folderOf({ "a.png": halves, "b.png": await sharp(halves).resize(7, 7).png().toBuffer() });
    expect((await open(folder)).shape).toEqual([2, 4, 3]);
    expect((await open(folder, image({ size: [5, 6], channels: "grey" }))).shape).toEqual([5, 6, 1]);
  });
});

describe("folders", () => {
  test("a class a folder, sorted by name; files at any depth, sorted", async () => {
    const folder = folderOf({
      "owl/1.png": dots[3]!,
      "cat/deep/2.png": dots[1]!,
      "cat/1.PNG": dots[0]!,
      "dog/1.png": dots[2]!,
      "dog/notes.txt": "mine",
      "dog/.hidden.png": "x",
      ".git/1.png": "x",
      "owl/2.png": dots[4]!,
    });
    const source = await open(folder, {}, [1, 1, 1]);
    expect(source).toMatchObject({ kind: "images", total: 5, labels: { names: ["cat", "dog", "owl"] } });
    expect(source.notes).toEqual(["passed over: 1 .txt"]);
    expect(await read(source)).toEqual({
      indices: [0, 1, 2, 3, 4],
      values: [[0], [1], [2], [3], [4]],
      labels: [0, 0, 1, 2, 2],
    });
    const { indices, values } = await read(source, { limit: 3, seed: 1 });
    expect(values.flat()).toEqual(indices);
  });

  test("an order of one's own leaves folders out", async () => {
    const folder = folderOf({ "noise/1.png": dots[0]!, "yes/1.png": dots[1]!, "no/1.png": dots[2]! });
    const source = await open(folder, { classes: ["yes", "no"] }, [1, 1, 1]);
    expect(await read(source)).toMatchObject({ values: [[1], [2]], labels: [0, 1] });
    expect(source.notes).toEqual(["folders that are no class: noise"]);
  });

  test("a class may have no folder, but not where another folder might be meant", async () => {
    const folder = folderOf({ "yes/1.png": dots[1]!, "no/1.png": dots[2]! });
    expect((await read(await open(folder, { classes: ["maybe", "yes", "no"] }, [1, 1, 1]))).labels).toEqual([
      1, 2,
    ]);
    const error = await thrownBy(() => open(folder, { classes: ["yse", "no"] }, [1, 1, 1]));
    expect(error.code).toBe("CLASS_FOLDERS");
    expect(error.message).toContain("class yse, but yes");
  });

  test("all in one folder, or a single file: no classes", async () => {
    const folder = folderOf({ "b.png": dots[1]!, "a.png": dots[0]! });
    expect(await read(await open(folder, {}, [1, 1, 1]))).toMatchObject({
      values: [[0], [1]],
      labels: [undefined, undefined],
    });
    expect((await read(await open(path.join(folder, "b.png"), {}, [1, 1, 1]))).values).toEqual([[1]]);
  });

  test("of bare numbers", async () => {
    const folder = folderOf({ "a/1.bin": Uint8Array.of(1, 2), "b/1.bin": Uint8Array.of(3, 4) });
    expect(await read(await open(folder, { inputType: "uint8" }, [2]))).toMatchObject({
      values: [
        [1, 2],
        [3, 4],
      ],
      labels: [0, 1],
    });
    const uneven = folderOf({ "1.bin": Uint8Array.of(1, 2), "2.bin": Uint8Array.of(3, 4, 5) });
    const error = await thrownBy(async () => read(await open(uneven, { inputType: "uint8" })));
    expect([error.code, error.message.includes("2.bin has 3 bytes")]).toEqual(["BIN_SIZE", true]);
  });

  test.each([
    ["nothing", {}, "DATA_FOLDER_EMPTY", "holds nothing"],
    ["kinds that are not read", { "a.bmp": "BM", "b.bmp": "BM", c: "" }, "DATA_FOLDER_EMPTY", "2 .bmp"],
    ["images and numbers", { "a.png": halves, "b.bin": "1" }, "DATA_FOLDER_MIXED", "1 of images, 1 of bin"],
    [
      "files beside folders of files",
      { "a.png": halves, "cats/a.png": halves },
      "DATA_FOLDER_LAYOUT",
      "cats",
    ],
  ])("of %s", async (_, files, code, message) => {
    const error = await thrownBy(() => open(folderOf({ ...files, ".keep": "" }), {}, [1, 1, 1]));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe("what cannot be decoded is named", () => {
  /** The image with another size in its header. */
  function claiming(width: number, height: number): Buffer {
    const bytes = Buffer.from(png);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    return bytes;
  }

  test.each([
    ["text", "jpg", Buffer.from("no image"), "unsupported image format"],
    ["nothing at all", "png", Buffer.alloc(0), ""],
    ["a PNG that ends early", "png", png.subarray(0, png.length >> 1), ""],
    ["a JPEG that ends early", "jpg", jpeg.subarray(0, jpeg.length >> 1), ""],
    [
      "a drawing that calls itself a photo",
      "png",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      "format svg",
    ],
    ["an image of a million pixels a row", "png", claiming(1_000_000, 1000), "pixel"],
  ])("%s", async (_, end, content, message) => {
    const error = await thrownBy(() => valuesOf(content, [8, 8, 3], {}, end));
    expect(error.code).toBe("IMAGE_UNREADABLE");
    expect(error.message).toContain(`x.${end}`);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("\n");
  });

  test("but only where it is chosen", async () => {
    const folder = folderOf({ "a.png": png, "b.png": "broken", "c.png": png, "d.png": png });
    const source = await open(folder, {}, [8, 8, 3]);
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const outcomes = await Promise.all(
      seeds.map((seed) =>
        read(source, { limit: 1, seed }).then(
          ({ indices }) => indices[0],
          ({ code }) => code,
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set([0, 2, 3, "IMAGE_UNREADABLE"]));
  });

  test.each([
    ["no image", [49, 10, 4], {}],
    ["a vector", [100], {}],
    ["grey wanted from a model of colours", [8, 8, 3], { channels: "grey" }],
  ])("a model whose input is no such image: %s", async (_, shape, settings) => {
    expect((await thrownBy(() => valuesOf(png, shape, settings))).code).toBe("IMAGE_INPUT");
  });

  test("a mean for each of three channels in grey: OPTION_VALUE", async () => {
    expect((await thrownBy(() => valuesOf(png, [8, 8, 1], { mean: [1, 2, 3] }))).code).toBe("OPTION_VALUE");
  });
});

test("a model's inputs: bytes over 255 land on pixel - 128, resized the same every time", async () => {
  const noise = raw(
    40,
    30,
    3,
    Array.from({ length: 3600 }, (_, i) => (i * i * 37) >> 3),
  );
  const folder = folderOf({
    "a/x.jpg": await noise.jpeg().toBuffer(),
    "b/x.png": await noise.png().toBuffer(),
  });
  const tensor = { type: "INT8", shape: [1, 8, 8, 3], scale: Math.fround(1 / 255), zeroPoint: -128 };
  const load = () => loadInputs(folder, tensor, { ...plain, inputScale: 1 / 255 });
  const { bytes, labels, samples } = await load();
  expect(samples).toBe(2);
  expect([...labels!.values]).toEqual([0, 1]);
  const { values } = await read(await open(folder, {}, [8, 8, 3]));
  expect([...new Int8Array(bytes.buffer)]).toEqual(values.flat().map((pixel) => pixel - 128));
  expect((await load()).bytes).toEqual(bytes);
});
