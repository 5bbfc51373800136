import { inProject } from "../project-path.js";
import type { ResolverName } from "./resolver/patch.js";

/**
 * What --resolver says: `src/main.cc`, `src/main.cc:vision_resolver` or, by its line, `src/main.cc:93`.
 *
 * @param root the project's folder
 * @param given absolute paths, with or without a name
 */
export function resolverNames(root: string, given: readonly string[] = []): ResolverName[] {
  return given.map((text) => {
    const [, path, name] = /^(.*\.\w+):(\w+)$/.exec(text) ?? [undefined, text];
    return { file: inProject(root, path!), ...(name && { name }) };
  });
}
