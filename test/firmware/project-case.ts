import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { patchCommand } from "../../lib/cli/patch.js";
import { normalizeOptions } from "../../lib/options/normalize.js";
import { silentProgress } from "../../lib/progress/progress.js";
import { BuiltinOperator } from "../../lib/tflite/schema.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { put } from "../emit/project.js";
import { addOperator, emptyModel } from "../support/model-draft.js";
import { seededRandom } from "../support/random.js";

/** case.json of a folder in projects/. */
export interface ProjectCase {
  about: string;
  /** What dtmm.config.json would hold. */
  config?: Record<string, unknown>;
  /** Operators of the model that prune has written: schema names, or custom codes. */
  operators: string[];
  /** Models that the config names, by path. */
  otherModels?: Record<string, string[]>;
  /** Line endings are put in here, since git and editors would change them in the files. */
  eol?: "crlf";
  /** An edit outside of dtmm's blocks, which undo has to keep. */
  edit?: { file: string; from: string; to: string };
  /** What the user is told besides. */
  notes?: string[];
  /** Nothing is touched, and this is said. */
  refused?: { code: string; message: string; hint?: string };
}

export interface Project {
  name: string;
  facts: ProjectCase;
  /** Sources by path. */
  before: Record<string, string>;
  after: Record<string, string>;
}

const folder = fileURLToPath(new URL("./projects/", import.meta.url));

/** The folders in projects/: before/ is the project, after/ holds the files that differ then. */
export const projects: Project[] = readdirSync(folder).map((name) => {
  const facts = JSON.parse(readFileSync(join(folder, name, "case.json"), "utf8")) as ProjectCase;
  const before = textsIn(join(folder, name, "before"), facts);
  return { name, facts, before, after: { ...before, ...textsIn(join(folder, name, "after"), facts) } };
});

/** Writes the project as it is before, with the models that the case speaks of. */
export function setUp(root: string, { facts, before }: Project): void {
  for (const [path, text] of Object.entries(before)) put(root, path, text);
  const models = { "dtmm-out/model.tflite": facts.operators, ...facts.otherModels };
  for (const [path, operators] of Object.entries(models)) put(root, path, modelOf(operators));
}

/** Runs `dtmm patch` in the project, with the case's config. */
export function patch(root: string, { facts }: Project, flags: Record<string, unknown> = {}) {
  const config = facts.config && {
    ...{ values: facts.config, dir: root },
    ...{ path: join(root, "dtmm.config.json"), where: "dtmm.config.json" },
  };
  return patchCommand(normalizeOptions("patch", flags, config, root), {
    progress: silentProgress,
    signal: new AbortController().signal,
    cwd: root,
  });
}

/** The project's texts without what dtmm keeps for itself and without models. */
export function textsIn(root: string, { eol }: Pick<ProjectCase, "eol"> = {}): Record<string, string> {
  if (!existsSync(root)) return {};
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".tflite"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith(".dtmm"));
  return Object.fromEntries(
    paths.sort().map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return [path, eol === "crlf" ? text.replaceAll("\n", "\r\n") : text];
    }),
  );
}

/** A file that names operators and no more: enough for what registers them. */
function modelOf(operators: readonly string[]): Uint8Array {
  const draft = { model: emptyModel(), random: seededRandom(1) };
  for (const name of operators) {
    if (name in BuiltinOperator) addOperator(draft, name as keyof typeof BuiltinOperator, 1, [], 0);
    else addOperator(draft, "CUSTOM", 1, [], 0, undefined, name);
  }
  return writeModel(draft.model);
}
