import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

/** What a child that emits, to be killed while it does, is made of. */
export const killedChildSources = [
  "lib/errors",
  "lib/emit",
  "lib/firmware",
  "lib/project-path.ts",
  "test/emit/killed-child.ts",
];

/**
 * Turns sources of the repository into JavaScript in a new folder, so that a plain node process runs today's sources
 * and not a build of another day.
 *
 * @param paths files and folders, relative to the repository
 * @returns the folder, laid out like the repository
 */
export function transpile(paths: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "dtmm-transpiled-"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  for (const path of paths.flatMap(sourcesAt)) {
    const out = join(folder, path.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(out), { recursive: true });
    const source = readFileSync(join(repository, path), "utf8");
    writeFileSync(out, ts.transpileModule(source, { compilerOptions: options }).outputText);
  }
  return folder;
}

function sourcesAt(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  const names = readdirSync(join(repository, path), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(path, name));
}
