import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { catalogue } from "./catalogue.js";

const exits = {
  1: "a limit or check was not met, nothing was written",
  2: "bad usage or bad input",
  3: "something is missing on this machine",
  4: "a bug in dtmm",
} as const;

/** The text of docs/errors.md: an entry for every code of the catalogue, with `<name>` where a value stands. */
export function renderErrorDocs(): string {
  const codes = Object.entries(catalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = codes.map(([code, entry]) => {
    const { exit, message, hint } = entry as {
      exit: keyof typeof exits;
      message: (details: unknown) => string;
      hint: (details: unknown) => string;
    };
    const shown = `${code}: ${message(details)}\nhint: ${hint(details)}`;
    return `## ${code}\n\nExit ${exit}: ${exits[exit]}.\n\n${indent(shown)}\n`;
  });
  return `# Errors

Every error of \`dtmm\` has a code that never changes. They stand here with their messages and hints, \`<name>\`
in place of a value; \`--debug\` adds the stack and the causes. Made from \`lib/errors/\` by \`npm run generate\`.

${entries.join("\n")}`;
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

/** Stands in for any value that a message may name, list, count or format, and always reads `<name>`. */
function placeholder(name: string): unknown {
  const text = `<${name}>`;
  const self: unknown = new Proxy(() => text, {
    get: (_, property) => {
      if (property === Symbol.toPrimitive || property === "toJSON" || property === "join") return () => text;
      if (property === "map") return (each: (item: unknown) => unknown) => [each(self)];
      return self;
    },
    apply: () => self,
  });
  return self;
}

const details = new Proxy({}, { get: (_, property) => placeholder(String(property)) });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL("../../docs/errors.md", import.meta.url), renderErrorDocs());
}
