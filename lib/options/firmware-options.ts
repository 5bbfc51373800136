import { z } from "zod";
import { glueKinds } from "../firmware/glue/kinds.js";
import { entry } from "./entry.js";
import { wholeNumber } from "./values.js";

/** The part of the table that is about what a firmware project is made of, and what it gets. */
export const firmwareOptions = {
  glue: entry({
    flag: "--glue <build>",
    text: "string",
    schema: z.enum(glueKinds),
    expects: `one of ${glueKinds.join(", ")}`,
    help: "Build system that gets sources and include path of what --out holds, when the project is patched.",
    group: "Output",
    commands: ["prune", "patch", "init"],
    default: "none",
    found: ["init"],
  }),
  selftest: entry({
    flag: "--selftest <n>",
    text: "number",
    schema: wholeNumber(0).max(64),
    expects: "a whole number from 0 to 64",
    help: "Write a self-test for the board as well, with this many of the evaluation inputs.",
    group: "Output",
    commands: ["prune"],
    default: 0,
  }),
  yes: entry({
    flag: "--yes",
    text: "switch",
    schema: z.boolean(),
    expects: "true or false",
    help: "Take what was found without asking.",
    group: "Output",
    commands: ["init"],
    default: false,
  }),
};
