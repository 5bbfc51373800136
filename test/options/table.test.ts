import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { buildProgram } from "../../lib/cli/program.js";
import { catalogue } from "../../lib/errors/catalogue.js";
import { renderErrorDocs } from "../../lib/errors/render-docs.js";
import { defaultText, entriesOf } from "../../lib/options/describe.js";
import { commandNames, groupNames, type OptionEntry } from "../../lib/options/entry.js";
import { configJsonSchema } from "../../lib/options/json-schema.js";
import { flagName } from "../../lib/options/normalize.js";
import { renderCliDocs } from "../../lib/options/render-docs.js";
import { type OptionKey, optionEntries } from "../../lib/options/types.js";

const entries = optionEntries as [OptionKey, OptionEntry][];
const doc = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

/** Help with its line breaks undone. */
function helpOf(name: string): string {
  const command = buildProgram(async () => undefined).commands.find(
    (candidate) => candidate.name() === name,
  )!;
  return command.helpInformation().replace(/\s+/g, " ");
}

describe("the table is sound", () => {
  test.each(entries)("%s", (key, entry) => {
    const camelCase = flagName(entry)
      .slice(2)
      .replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    expect(camelCase).toBe(key);
    expect(entry.flag.includes("<")).toBe(entry.text !== "switch");
    expect(entry.help).toMatch(/^[A-Z].*\.$/);
    expect(groupNames).toContain(entry.group);
    if (entry.default !== undefined) expect(entry.schema.safeParse(entry.default).success).toBe(true);
  });
});

describe("help shows what the table says", () => {
  test.each(commandNames)("%s", (command) => {
    const help = helpOf(command);
    for (const [key, entry] of entriesOf(command)) {
      expect(help).toContain(entry.positional?.includes(command) ? key.toUpperCase() : entry.flag);
      expect(help).toContain(entry.help);
      const byDefault = defaultText(entry, command);
      if (byDefault !== undefined) expect(help).toContain(`default: ${byDefault}`);
    }
    for (const [, entry] of entries.filter(([, other]) => !other.commands.includes(command))) {
      expect(help).not.toContain(`${flagName(entry)} <`);
    }
  });

  test("a few defaults, word for word", () => {
    const help = helpOf("prune");
    expect(help).toContain("chosen by the seed. (default: 1024)");
    expect(help).toContain("(default: g_model)");
    expect(help).toContain("default: filterlet)");
  });
});

describe("the docs are made from the tables (npm run generate)", () => {
  test("docs/cli.md", () => {
    expect(doc("cli.md")).toBe(renderCliDocs());
    for (const [key] of entries) expect(doc("cli.md")).toContain(`\`${key}\``);
  });

  test("docs/config.schema.json", () => {
    expect(JSON.parse(doc("config.schema.json"))).toEqual(configJsonSchema());
  });

  test("docs/errors.md has an entry for every code", () => {
    expect(doc("errors.md")).toBe(renderErrorDocs());
    for (const code of Object.keys(catalogue)) expect(doc("errors.md")).toContain(`\n## ${code}\n`);
  });

  test("values in docs/errors.md are named, not printed", () => {
    expect(renderErrorDocs()).toContain('there is no command "<command>"');
    expect(renderErrorDocs()).not.toMatch(/undefined|\[object|NaN(?! and infinite)/);
  });
});

test("the JSON Schema knows every key, its bounds and choices", () => {
  const schema = configJsonSchema() as { properties: Record<string, object>; additionalProperties: boolean };
  expect(Object.keys(schema.properties)).toEqual(["$schema", ...entries.map(([key]) => key)]);
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties.keep).toMatchObject({ type: "number", exclusiveMinimum: 0, maximum: 1 });
  expect(schema.properties.target).toMatchObject({ enum: expect.arrayContaining(["generic", "cortex-m55"]) });
  expect(z.toJSONSchema(z.string())).toMatchObject({ $schema: (schema as { $schema?: string }).$schema });
});
