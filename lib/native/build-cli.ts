/**
 * `node dist/native/build-cli.js [FILE]`: builds the addon for the TFLM tree of TFLM_DIR, or for the default tree, and
 * copies it to FILE. binding.gyp runs it, so that `node-gyp rebuild` yields the addon that dtmm itself would build.
 */
import { copyFileSync } from "node:fs";
import { DtmmError } from "../errors/index.js";
import { locateTflm } from "../tflm/locate.js";
import { ensureAddon } from "./build.js";

try {
  const addon = await ensureAddon({ tflm: await locateTflm() });
  const copy = process.argv[2];
  if (copy) copyFileSync(addon, copy);
  console.log(copy ?? addon);
} catch (error) {
  if (!(error instanceof DtmmError)) throw error;
  console.error(`dtmm: ${error.message}\n${error.hint} [${error.code}]`);
  process.exitCode = error.exit;
}
