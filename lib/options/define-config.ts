import type { OptionsInput } from "./types.js";

/** The content of a config file: the options of every command, each under its key. */
export type DtmmConfig = OptionsInput;

/** Returns its argument; it is there so that an editor knows the keys of `dtmm.config.ts` and `.mjs`. */
export function defineConfig(config: DtmmConfig): DtmmConfig {
  return config;
}
