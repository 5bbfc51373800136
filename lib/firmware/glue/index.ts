import { planCmake } from "./cmake.js";
import { planEspIdf } from "./esp-idf.js";
import type { GlueKind } from "./kinds.js";
import { planArduino, planPlatformio } from "./libraries.js";
import { planMake } from "./make.js";
import type { GlueFile, GlueRequest } from "./request.js";
import { planZephyr } from "./zephyr.js";

const planners: Readonly<Record<GlueKind, (request: GlueRequest) => GlueFile[] | Promise<GlueFile[]>>> = {
  none: () => [],
  make: planMake,
  cmake: planCmake,
  "esp-idf": planEspIdf,
  zephyr: planZephyr,
  arduino: planArduino,
  platformio: planPlatformio,
};

/**
 * Works out what brings the emitted sources and their include path into the project's build: blocks in a build file, or
 * files that make the output folder a component, module or library. Nothing is written.
 *
 * @throws GLUE_NOT_PATCHABLE with the lines to add by hand; PATCH_EDITED if a block was changed by hand; SOURCE_UNREADABLE
 */
export async function planGlue(request: GlueRequest): Promise<GlueFile[]> {
  return planners[request.kind](request);
}
