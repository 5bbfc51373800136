import { isAbsolute, relative, sep } from "node:path";

/** How results call a file: relative to the project where it lies inside, by its absolute path elsewhere. */
export function projectPath(root: string, path: string): string {
  const inside = relative(root, path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return path;
  return inside.split(sep).join("/");
}
