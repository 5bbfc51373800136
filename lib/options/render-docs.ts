import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { commands } from "../cli/commands.js";
import { defaultText, entriesOf } from "./describe.js";
import { type CommandName, commandNames, groupNames, type OptionEntry } from "./entry.js";
import { configJsonSchema } from "./json-schema.js";
import type { OptionKey } from "./types.js";

/** The text of docs/cli.md: every command with its options, made from the table. */
export function renderCliDocs(): string {
  return `# Command line and config file

Made from \`lib/options/table.ts\` by \`npm run generate\`.

    dtmm prune    --model FILE --calibration DATA [--eval DATA] [--labels FILE] [options]
    dtmm validate MODEL --against DENSE [--eval DATA] [--labels FILE] [options]
    dtmm patch    [--dry-run | --check | --undo] [options]
    dtmm inspect  MODEL [--json -]
    dtmm inspect  --data DATA [MODEL] [--json -]
    dtmm bench    MODEL --target CORE [--against DENSE] [--cmsis-nn DIR] [options]
    dtmm init     []

Results go to stdout; progress, notes and errors to stderr. Progress is shown on a terminal only, for work of more than a
second.

| exit | meaning |
|---|---|
| 0 | done |
| 1 | a limit or check was not met; nothing was written |
| 2 | bad usage or bad input |
| 3 | something is missing on this machine |
| 4 | a bug in dtmm |
| 130, 143 | interrupted; nothing half-done is left behind, and the next run takes up what was finished |

\`--json FILE\` receives the result whatever the verdict is: with exit 1, and in a dry run, it is the one file that is
written. With \`--json -\`, stdout holds JSON only, and errors come as
\`{ "schemaVersion", "error": { "code", "message", "hint", "docs" } }\`.

## Config file

\`dtmm.config.ts\`, \`dtmm.config.mjs\`, \`dtmm.config.json\` or the key \`dtmm\` of \`package.json\`, searched from the working
directory upward. Its keys are the ones below; every command reads those that it knows. A flag wins over the config file,
and \`--no-...\` switches a switch off. Relative paths in it start at its own folder, on the command line at the working
directory. An unknown key or flag stops the run.

    import { defineConfig } from "dtmm";

    export default defineConfig({
      model: "model/digits_int8.tflite",
      calibration: "data/calibration.npy",
      inputScale: "1/255",
      maxAccuracyDrop: 1,
    });

In JSON, \`"$schema": "./node_modules/dtmm/docs/config.schema.json"\` tells an editor the keys.

Recorded inputs are files or folders of many kinds: [data.md](data.md). Raw values become real ones as raw * s + o and are
then quantised as the model's input says; int8 values are taken as already quantised. A group of settings is an object in a
config file; behind a flag it is \`key=value,key=value\`.

${commandNames.map(commandDocs).join("\n\n")}
`;
}

function commandDocs(command: CommandName): string {
  const entries = entriesOf(command);
  const tables = groupNames.flatMap((group) => {
    const rows = entries.filter(([, entry]) => entry.group === group).map((row) => tableRow(command, row));
    return rows.length === 0 ? [] : [`| ${group} | key | | default |\n|---|---|---|---|\n${rows.join("\n")}`];
  });
  return `## dtmm ${command}\n\n${commands[command].summary}\n\n${tables.join("\n\n")}`;
}

function tableRow(command: CommandName, [key, entry]: [OptionKey, OptionEntry]): string {
  const name = entry.positional?.includes(command) ? key.toUpperCase() : entry.flag;
  const help = [
    entry.help,
    `Expects ${entry.expects}.`,
    entry.required?.includes(command) ? "Required." : undefined,
  ].filter((sentence) => sentence !== undefined);
  return `| \`${name}\` | \`${key}\` | ${help.join(" ")} | ${defaultText(entry, command) ?? ""} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const docs = new URL("../../docs/", import.meta.url);
  await writeFile(new URL("cli.md", docs), renderCliDocs());
  await writeFile(new URL("config.schema.json", docs), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
}
