import { z } from "zod";
import { csvSettings, imageSettings, inputTypes } from "./data-settings.js";
import { entry } from "./entry.js";

/** The part of the table that says how recorded data are read. */
export const dataOptions = {
  inputType: entry({
    flag: "--input-type <type>",
    text: "string",
    schema: z.enum(inputTypes),
    expects: `one of ${inputTypes.join(", ")}`,
    help: "Type of the numbers in .bin files, little endian; int8 is taken as already quantised.",
    group: "Input",
    commands: ["prune", "validate", "inspect", "compare"],
  }),
  classes: entry({
    flag: "--classes <names>",
    text: "list",
    schema: z.array(z.string().min(1)).nonempty(),
    expects: "names of classes in the order of the model's outputs",
    help: "Class folders, or class names of label columns, in the model's order; sorted by name when absent.",
    group: "Input",
    commands: ["prune", "validate", "inspect", "compare"],
  }),
  image: entry({
    flag: "--image <settings>",
    text: "settings",
    schema: imageSettings,
    expects: `settings such as fit=contain,mean=127.5, out of ${Object.keys(imageSettings.shape).join(", ")}`,
    help: "How images become inputs (docs/data.md).",
    group: "Input",
    commands: ["prune", "validate", "inspect", "compare"],
  }),
  csv: entry({
    flag: "--csv <settings>",
    text: "settings",
    schema: csvSettings,
    expects: `settings such as label=class,header=true, out of ${Object.keys(csvSettings.shape).join(", ")}`,
    help: "How .csv files are read (docs/data.md).",
    group: "Input",
    commands: ["prune", "validate", "inspect", "compare"],
  }),
};
