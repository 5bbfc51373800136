import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { planResolverPatch, removeResolverPatch } from "../../lib/firmware/resolver/patch.js";
import { filterletConv, patchText } from "./registration.js";

/** A folder in cases/: before.cc, expected.cc (unless it is to be patched by hand) and case.json. */
interface Case {
  about: string;
  /** Line endings and byte order mark are put in here, since git and editors would change them in the files. */
  eol?: "crlf";
  bom?: boolean;
  /** Two texts: an edit that a user makes elsewhere in the file after the patch. */
  edit?: [string, string];
  manual?: { reason: string; line?: number; lines: string[] };
}

const folder = new URL("./cases/", import.meta.url);
const registrations = [filterletConv];

function read(name: string, file: string): string {
  return readFileSync(new URL(`${name}/${file}`, folder), "utf8");
}

function variant(text: string, { eol, bom }: Case): string {
  const lines = eol === "crlf" ? text.replaceAll("\n", "\r\n") : text;
  return bom ? `\uFEFF${lines}` : lines;
}

const all = readdirSync(folder).map((name) => {
  const facts = JSON.parse(read(name, "case.json")) as Case;
  return { name, facts, before: variant(read(name, "before.cc"), facts) };
});
const patched = all.filter(({ facts }) => !facts.manual);
const manual = all.filter(({ facts }) => facts.manual);

const patch = (text: string) => patchText(text, { registrations });

describe.each(patched)("$name: $facts.about", ({ name, facts, before }) => {
  test("is patched as expected", async () => {
    expect(await patch(before)).toBe(variant(read(name, "expected.cc"), facts));
  });

  test("a second run changes nothing", async () => {
    const once = await patch(before);
    expect(await patch(once)).toBe(once);
  });

  test("removing the patch gives back every byte", async () => {
    expect(removeResolverPatch(await patch(before), "main.cc")).toBe(before);
  });

  test("an edit elsewhere survives removing and patching again", async () => {
    const [from, to] = facts.edit!;
    const edited = (await patch(before)).replace(from, to);
    expect(edited).toContain(to);
    expect(removeResolverPatch(edited, "main.cc")).toBe(before.replace(from, to));
    expect(await patch(edited)).toBe(edited);
  });
});

test.each(manual)("$name: $facts.about", async ({ facts, before }) => {
  const result = await planResolverPatch([{ path: "main.cc", text: before }], { registrations });
  expect(result).toMatchObject({ kind: "manual", ...facts.manual });
});
