import { posix } from "node:path";
import type { GlueKind } from "../firmware/glue/kinds.js";
import type { Finding } from "./finding.js";

const name = "dtmm_model";

/** Where the output goes: where the build system looks for parts of a project, else beside the op resolver. */
export function outputPlace(glue: GlueKind, resolverFile: string | undefined): Finding<string> {
  switch (glue) {
    case "esp-idf":
      return { value: `components/${name}`, reason: "ESP-IDF finds components there" };
    case "platformio":
      return { value: `lib/${name}`, reason: "PlatformIO finds libraries there" };
    case "zephyr":
      return { value: name, reason: "a module of its own" };
    case "arduino":
      return { value: `libraries/${name}`, reason: "an Arduino library; builds take --libraries libraries" };
    default: {
      if (resolverFile === undefined) return { value: name, reason: "a folder of its own" };
      const folder = posix.dirname(resolverFile);
      return { value: posix.join(folder, name), reason: "beside the op resolver" };
    }
  }
}
