import { DtmmError } from "../errors/index.js";
import { inProject } from "../project-path.js";
import { locateTflm } from "../tflm/locate.js";
import { findTreeRoot } from "../tflm/search.js";
import type { Findings } from "./finding.js";

/** The TFLM tree in the project's folder, if it can be compiled; what is missing from one that cannot is a note. */
export async function findTflm(root: string): Promise<Findings<string>> {
  const tree = findTreeRoot(root);
  if (tree === undefined) return { candidates: [], notes: [] };
  const path = inProject(root, tree) || ".";
  try {
    await locateTflm({ dir: tree });
    const reason = `${path}/tensorflow/lite/micro/micro_interpreter.h is there`;
    return { candidates: [{ value: path, reason }], notes: [] };
  } catch (error) {
    if (!(error instanceof DtmmError)) throw error;
    return { candidates: [], notes: [`the TFLM tree in ${path} is passed over: ${error.message}`] };
  }
}
