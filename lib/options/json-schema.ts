import { z } from "zod";
import { helpText } from "./describe.js";
import type { OptionEntry } from "./entry.js";
import { type OptionKey, optionEntries } from "./types.js";

/** The JSON Schema of a config file, for editors: `"$schema": "node_modules/dtmm/docs/config.schema.json"`. */
export function configJsonSchema(): Record<string, unknown> {
  const shape: Record<string, z.ZodType> = { $schema: z.string().optional() };
  for (const [key, entry] of optionEntries as [OptionKey, OptionEntry][]) {
    shape[key] = entry.schema.optional().describe(helpText(entry));
  }
  const { $schema, ...schema } = z.toJSONSchema(z.strictObject(shape), { io: "input" });
  return { $schema, title: "Options of dtmm", ...schema };
}
