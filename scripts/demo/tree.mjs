import { locateTflm } from "../../dist/index.js";

/**
 * The TFLM tree that dtmm itself would use: the one that TFLM_DIR names, else the default crate in cargo's cache.
 * Returns `{ root, label }`; `root` is the folder that contains tensorflow/.
 */
export async function findTree() {
  return locateTflm();
}
