import { z } from "zod";
import { aims } from "../aims.js";
import { recoveries } from "../report/compare-result.js";
import { entry } from "./entry.js";
import { fileList, filePath, method, target } from "./values.js";

/** A list of numbers, which the command line brings as words. */
const numbers = (each: z.ZodNumber) =>
  z
    .union([each.transform((value) => [value]), z.array(z.coerce.number().pipe(each))])
    .refine((list) => list.length > 0);

/** Some of the names, in the order given. */
const names = <Name extends z.ZodEnum>(name: Name) =>
  z.union([name.transform((one) => [one]), z.array(name).nonempty()]);

/** The part of the table that only the comparison of methods has. */
export const compareOptions = {
  models: entry({
    flag: "--models <file.json>",
    text: "string",
    schema: filePath,
    expects: "the path of a .json file",
    help: "List of models with their inputs: objects with a name, model, calibration and other options of prune.",
    group: "Input",
    commands: ["compare"],
    path: "file",
  }),
  methods: entry({
    flag: "--methods <names>",
    text: "list",
    schema: names(method),
    expects: `some of ${method.options.join(", ")}`,
    help: "Methods to compare.",
    group: "Pruning",
    commands: ["compare"],
    default: method.options,
    defaultText: "all of them",
  }),
  aims: entry({
    flag: "--aims <names>",
    text: "list",
    schema: names(z.enum(aims)),
    expects: `some of ${aims.join(", ")}`,
    help: "What filterlet is to make small: bytes, latency or both alike, a method each. latency needs a core.",
    group: "Pruning",
    commands: ["compare"],
    default: ["both", "latency"],
  }),
  recoveries: entry({
    flag: "--recoveries <names>",
    text: "list",
    schema: names(z.enum(recoveries)),
    expects: `some of ${recoveries.join(", ")}`,
    help: "What is done for the weights that a method leaves: none, refit, or taught (refit, then fine-tuning).",
    group: "Pruning",
    commands: ["compare"],
    default: ["refit"],
  }),
  shares: entry({
    flag: "--shares <ratios>",
    text: "list",
    schema: numbers(z.number().gt(0).lt(1)),
    expects: "numbers between 0 and 1",
    help: "Shares of the prunable weights to keep, each a point of every method's front.",
    group: "Pruning",
    commands: ["compare"],
    default: [0.85, 0.7, 0.55, 0.4, 0.3],
  }),
  seeds: entry({
    flag: "--seeds <n,n>",
    text: "list",
    schema: numbers(
      z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
    ),
    expects: "whole numbers from 0 to 4294967295",
    help: "Seeds to repeat everything with.",
    group: "Pruning",
    commands: ["compare"],
    default: [1],
  }),
  targets: entry({
    flag: "--targets <cores>",
    text: "list",
    schema: names(target),
    expects: `some of ${target.options.join(", ")}`,
    help: "Cores to compare for; instructions are counted on all but generic, which needs the tools of dtmm bench.",
    group: "Machine",
    commands: ["compare"],
    default: ["generic"],
  }),
  shard: entry({
    flag: "--shard <i/n>",
    text: "string",
    schema: z
      .string()
      .regex(/^[1-9]\d{0,4}\/[1-9]\d{0,4}$/)
      .refine((text) => {
        const [index, count] = text.split("/").map(Number);
        return index! <= count!;
      }),
    expects: 'a part of all, such as "2/8"',
    help: "Measure only this part of the work, for one of several machines or jobs; --merge puts the parts together.",
    group: "Machine",
    commands: ["compare"],
  }),
  merge: entry({
    flag: "--merge <dirs>",
    text: "list",
    schema: fileList,
    expects: "paths of directories, the --out of the shards",
    help: "Measure nothing: put together what the shards have left in their output directories.",
    group: "Machine",
    commands: ["compare"],
    path: "file",
  }),
};
