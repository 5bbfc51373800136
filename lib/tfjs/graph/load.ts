import { dtmmError } from "../../errors/index.js";
import type { TfjsFiles } from "../files.js";
import type { Network } from "../network.js";

export async function loadGraph({ path }: TfjsFiles): Promise<Network> {
  throw dtmmError("TFJS_REFUSED", { path, reason: "graph" });
}
