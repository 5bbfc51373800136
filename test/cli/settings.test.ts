import { expect, test } from "vitest";
import { buildProgram } from "../../lib/cli/program.js";

/** What the command line hands on for `--csv <text>`. */
async function csv(text: string): Promise<unknown> {
  let given: Record<string, unknown> = {};
  const program = buildProgram(async (_, values) => {
    given = values;
  });
  await program.parseAsync(["prune", "--csv", text], { from: "user" });
  return given.csv;
}

test.each([
  ["label=class", { label: "class" }],
  ["label=3, header=false", { label: 3, header: false }],
  ['columns=["a, b",2,"c"],delimiter=;', { columns: ["a, b", 2, "c"], delimiter: ";" }],
  ["label=", { label: "" }],
  ['{ "label": "class", "columns": [1] }', { label: "class", columns: [1] }],
  ["class", "class"],
  ["{class", "{class"],
])("%s", async (text, value) => {
  expect(await csv(text)).toEqual(value);
});
