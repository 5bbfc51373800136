import type { PlannedFile } from "../emit/plan.js";
import type { OptionKey } from "../options/types.js";

/** A key of the config with its value and why it has it. */
export interface ConfigEntry {
  key: OptionKey;
  value: string | number | boolean | Record<string, string>;
  reason: string;
}

/** A key that the project did not show, with what to write there. */
export interface MissingEntry {
  key: OptionKey;
  example: string;
  reason: string;
}

export const configName = "dtmm.config.mjs";

/** The config, each key under its reason. From then on the file is the user's. */
export function renderConfig(entries: readonly ConfigEntry[], missing: readonly MissingEntry[]): PlannedFile {
  const lines = [
    '/** @type {import("dtmm").DtmmConfig} */',
    "export default {",
    ...entries.flatMap(({ key, value, reason }) => [
      `  // ${comment(reason)}`,
      `  ${key}: ${literal(value)},`,
    ]),
    ...missing.map(({ key, example, reason }) => `  // ${key}: ${literal(example)}, ${comment(reason)}`),
    "};",
    "",
  ];
  return { path: configName, content: lines.join("\n"), undo: "forget" };
}

function literal(value: ConfigEntry["value"]): string {
  if (typeof value !== "object") return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, one]) => `${key}: ${JSON.stringify(one)}`);
  return `{ ${parts.join(", ")} }`;
}

function comment(text: string): string {
  return text.replace(/\s+/g, " ");
}
