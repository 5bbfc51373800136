import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

let known: string | undefined;

/**
 * SHA-256 over dtmm's own code, as it runs: no version takes up what another one has computed, nor does a run after a
 * change of the sources. Read once per process.
 */
export function codeKey(): string {
  if (known !== undefined) return known;
  const folder = fileURLToPath(new URL("../", import.meta.url));
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const name of files.filter((file) => /\.[jt]s$/.test(file)).sort()) {
    const content = readFileSync(join(folder, name));
    hash.update(`${name} ${content.length} `).update(content);
  }
  known = hash.digest("hex");
  return known;
}
