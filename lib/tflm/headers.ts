import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dtmmError } from "../errors/index.js";

interface ThirdParty {
  name: string;
  /** A header, relative to the include folder. */
  header: string;
  /** Places of the include folder below a folder of third-party code. */
  places: readonly string[];
  /** Whether the tree can be compiled without. Only asked where it was not found. */
  needed: (root: string) => boolean;
  /** The version that the tree insists on. */
  wanted?: (root: string) => string | undefined;
  /** The version in an include folder. */
  version?: (includeDir: string) => string | undefined;
}

/** One piece of third-party code, found or not. */
export interface ThirdPartyPiece {
  name: string;
  header: string;
  /** Include folder; undefined when there is none that will do. */
  includeDir?: string;
  version?: string;
  /** The version that the tree's generated code insists on. */
  wanted?: string;
  needed: boolean;
  /** Include folders that have another version than the wanted one. */
  otherVersions: { includeDir: string; version: string }[];
}

export interface ThirdPartySearch {
  pieces: ThirdPartyPiece[];
  /** Folders that were searched, in their order. */
  looked: string[];
}

const thirdParties: readonly ThirdParty[] = [
  {
    name: "flatbuffers",
    header: "flatbuffers/flatbuffers.h",
    places: ["flatbuffers/include", "flatbuffers", "."],
    needed: () => true,
    wanted: (root) => flatbuffersVersion(join(root, "tensorflow/lite/schema/schema_generated.h"), "=="),
    version: (includeDir) => flatbuffersVersion(join(includeDir, "flatbuffers/base.h"), ""),
  },
  { name: "gemmlowp", header: "fixedpoint/fixedpoint.h", places: ["gemmlowp"], needed: () => true },
  {
    name: "ruy",
    header: "ruy/profiler/instrumentation.h",
    places: ["ruy", "."],
    needed: (root) => mentions(join(root, "tensorflow/lite/kernels/internal"), '"ruy/profiler/'),
  },
];

/**
 * Looks for the third-party headers that a TFLM tree is compiled with: in the folder that the user names, where the
 * tree's own Makefile downloads them, or in a `third_party` folder in or beside the include root.
 *
 * @param root the tree's include root
 * @param extra a folder that holds them, such as another tree's third_party; searched first
 */
export function searchThirdParty(root: string, extra?: string): ThirdPartySearch {
  const looked = [
    ...(extra === undefined ? [] : [extra]),
    join(root, "tensorflow", "lite", "micro", "tools", "make", "downloads"),
    join(root, "third_party"),
    join(root, "third-party"),
    join(dirname(root), "third_party"),
    join(dirname(root), "third-party"),
  ];
  return { pieces: thirdParties.map((party) => searchPiece(party, root, looked)), looked };
}

function searchPiece(party: ThirdParty, root: string, bases: readonly string[]): ThirdPartyPiece {
  const { name, header, places } = party;
  const candidates = [...bases.flatMap((base) => places.map((place) => join(base, place))), root];
  const wanted = party.wanted?.(root);
  const otherVersions: ThirdPartyPiece["otherVersions"] = [];
  for (const includeDir of candidates) {
    if (!existsSync(join(includeDir, header))) continue;
    const version = party.version?.(includeDir);
    if (wanted === undefined || version === undefined || version === wanted) {
      return { name, header, includeDir, version, wanted, needed: true, otherVersions };
    }
    otherVersions.push({ includeDir, version });
  }
  return { name, header, wanted, needed: party.needed(root), otherVersions };
}

/**
 * The include folders of the third-party headers, in the order of the include path.
 *
 * @throws TFLM_HEADERS_MISSING with the names, what was found of other versions, and the folders that were searched
 */
export function thirdPartyIncludes(root: string, { pieces, looked }: ThirdPartySearch): string[] {
  const missing = pieces.filter(({ includeDir, needed }) => includeDir === undefined && needed);
  if (missing.length > 0) {
    throw dtmmError("TFLM_HEADERS_MISSING", {
      root,
      missing: missing.map(describeMissing),
      looked,
      makefile: existsSync(join(root, makefile)) ? makefile : undefined,
    });
  }
  const found = pieces.flatMap(({ includeDir }) => includeDir ?? []);
  return [...new Set(found)].filter((folder) => folder !== root);
}

/** The Makefile of the tflite-micro repository, which downloads third-party code. */
const makefile = "tensorflow/lite/micro/tools/make/Makefile";

export function describeMissing({ name, header, wanted, otherVersions }: ThirdPartyPiece): string {
  const version = wanted === undefined ? "" : ` ${wanted}`;
  const others = otherVersions.map(({ includeDir, version }) => `; ${includeDir} has ${version}`);
  return `${name}${version} (${header}${others.join("")})`;
}

/** The three numbers of a FLATBUFFERS_VERSION: after `==` in a static_assert of generated code, or of a #define. */
function flatbuffersVersion(path: string, operator: "==" | ""): string | undefined {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const numbers = ["MAJOR", "MINOR", "REVISION"].map(
    (part) => new RegExp(`FLATBUFFERS_VERSION_${part}\\s+${operator}\\s*(\\d+)`).exec(text)?.[1],
  );
  return numbers.includes(undefined) ? undefined : numbers.join(".");
}

/** Whether a header below a folder holds a text. */
function mentions(folder: string, text: string): boolean {
  if (!existsSync(folder)) return false;
  const headers = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((name) =>
    name.endsWith(".h"),
  );
  return headers.some((name) => readFileSync(join(folder, name), "utf8").includes(text));
}
