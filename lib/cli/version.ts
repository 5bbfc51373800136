import { createRequire } from "node:module";

/** The version in dtmm's own package.json, which stands two folders above, in the sources and in the build alike. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  return version;
}
