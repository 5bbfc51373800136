import { isAbsolute, relative, sep } from "node:path";

/** A path relative to the project, with "/" between folders; one on another drive stays absolute. */
export function inProject(root: string, path: string): string {
  const inside = relative(root, path);
  return isAbsolute(inside) ? inside : inside.split(sep).join("/");
}

/** How results call a file: relative to the project where it lies inside, by its absolute path elsewhere. */
export function projectPath(root: string, path: string): string {
  const inside = inProject(root, path);
  return inside === "" || inside === ".." || inside.startsWith("../") || isAbsolute(inside) ? path : inside;
}
