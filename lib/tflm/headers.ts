import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { dtmmError } from "../errors/index.js";

interface ThirdParty {
  name: string;
  /** A header, relative to the include folder. */
  header: string;
  /** Places of the include folder below a folder of third-party code. */
  places: string[];
  required: boolean;
}

const thirdParties: ThirdParty[] = [
  {
    name: "flatbuffers",
    header: "flatbuffers/flatbuffers.h",
    places: ["flatbuffers/include", "flatbuffers", "."],
    required: true,
  },
  { name: "gemmlowp", header: "fixedpoint/fixedpoint.h", places: ["gemmlowp"], required: true },
  // Trees before mid 2020 do without ruy; a later one that lacks it says so when it is compiled.
  { name: "ruy", header: "ruy/profiler/instrumentation.h", places: ["ruy", "."], required: false },
];

/**
 * Finds the third-party headers that a TFLM tree is compiled with: where its own Makefile downloads them, or in a
 * `third_party` folder in or beside the include root.
 *
 * @param root the tree's include root
 * @returns include folders, in the order of the include path
 * @throws TFLM_HEADERS_MISSING with the names and the folders that were searched
 */
export function findThirdPartyHeaders(root: string): string[] {
  const bases = [
    join(root, "tensorflow", "lite", "micro", "tools", "make", "downloads"),
    join(root, "third_party"),
    join(root, "third-party"),
    join(dirname(root), "third_party"),
    join(dirname(root), "third-party"),
  ];
  const includeDirs: string[] = [];
  const missing: string[] = [];
  for (const { name, header, places, required } of thirdParties) {
    const candidates = [...bases.flatMap((base) => places.map((place) => join(base, place))), root];
    const found = candidates.find((candidate) => existsSync(join(candidate, header)));
    if (found) includeDirs.push(found);
    else if (required) missing.push(`${name} (${header})`);
  }
  if (missing.length > 0) throw dtmmError("TFLM_HEADERS_MISSING", { root, missing, looked: bases });
  return [...new Set(includeDirs)].filter((folder) => folder !== root);
}
