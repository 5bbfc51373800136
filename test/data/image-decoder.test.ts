import { expect, test, vi } from "vitest";
import { thrownBy } from "../cli/support/throws.js";
import { fileMaker, open, read } from "./support.js";

vi.mock("sharp", () => {
  throw new Error("Could not load the sharp module\nPossible solutions: ...");
});

const saved = fileMaker();

test("without sharp's binary, images are an error with a remedy: IMAGE_DECODER_MISSING", async () => {
  const file = saved(".png", "whatever");
  const error = await thrownBy(async () => read(await open(file, {}, [8, 8, 3])));
  expect([error.code, error.exit]).toEqual(["IMAGE_DECODER_MISSING", 3]);
  expect(error.hint).toContain("--include=optional");
});
