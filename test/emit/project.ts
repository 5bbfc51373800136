import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** An empty folder for one test. */
export function newProject(): string {
  return mkdtempSync(join(tmpdir(), "dtmm-emit-"));
}

export function put(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

export function text(root: string, path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Everything below a folder, folders included, as path and hash; `.dtmm` only on request. */
export function treeOf(root: string, { store = false } = {}): Record<string, string> {
  const tree: Record<string, string> = {};
  const visit = (folder: string, prefix: string): void => {
    for (const name of readdirSync(folder).sort()) {
      if (name === ".dtmm" && !store) continue;
      const path = join(folder, name);
      if (lstatSync(path).isDirectory()) {
        tree[`${prefix}${name}/`] = "folder";
        visit(path, `${prefix}${name}/`);
      } else if (lstatSync(path).isSymbolicLink()) {
        tree[prefix + name] = `link to ${readlinkSync(path)}`;
      } else {
        tree[prefix + name] = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12);
      }
    }
  };
  visit(root, "");
  return tree;
}
