import path from "node:path";
import { z } from "zod";
import { dtmmError } from "../errors/index.js";
import { type LoadedConfig, refuseUnknownKeys } from "./config.js";
import type { CommandName, OptionEntry } from "./entry.js";
import { nearest } from "./nearest.js";
import { type OptionKey, type OptionsInput, type OptionsOf, optionEntries } from "./types.js";

/** Where values that are not from a config file come from; it decides how errors call them. */
export type CallerKind = "flags" | "library";

/** Values by key, and how to speak of them and resolve their paths. */
interface Source {
  values: Record<string, unknown>;
  base: string;
  place: (key: OptionKey, entry: OptionEntry) => string;
}

/**
 * Checks the options of a command and fills in the defaults: what the caller gives wins over the config file, which
 * wins over the default. Paths come out absolute: from `cwd` for the caller's, from the config file's folder for its own,
 * from the root for defaults.
 *
 * @param given values by key, as flags bring them or as the library is called with
 * @throws UNKNOWN_CONFIG_KEY, OPTION_VALUE, OPTION_MISSING, OPTION_CONFLICT
 */
export function normalizeOptions<C extends CommandName>(
  command: C,
  given: OptionsInput | Record<string, unknown>,
  config: LoadedConfig | undefined,
  cwd: string,
  caller: CallerKind = "flags",
): OptionsOf<C> {
  refuseUnknownKeys(Object.keys(given), "the options");
  const callers = callerSource(command, given, config, cwd, caller);
  const configs = config && configSource(command, config);
  const options: Record<string, unknown> = { root: config?.dir ?? path.resolve(cwd) };
  for (const [key, entry] of optionEntries as [OptionKey, OptionEntry][]) {
    // A key of another command is checked all the same: a config file is right or wrong as a whole.
    const fromConfig = configs && checkedValue(key, entry, configs);
    const value = checkedValue(key, entry, callers) ?? fromConfig;
    if (!entry.commands.includes(command)) continue;
    const isFound = entry.found?.includes(command);
    options[key] = value ?? (isFound ? undefined : defaultValue(entry, options.root as string));
  }
  requireValues(command, options);
  refuseConflicts(command, options);
  if (command === "prune") options.maxAccuracyDrop ??= defaultDrop(options);
  for (const key of Object.keys(options)) if (options[key] === undefined) delete options[key];
  // The loop above has filled exactly the keys from which the type is derived.
  return options as OptionsOf<C>;
}

function callerSource(
  command: CommandName,
  given: Record<string, unknown>,
  config: LoadedConfig | undefined,
  cwd: string,
  caller: CallerKind,
): Source {
  const values = { ...given };
  if (typeof values.tflm === "string") values.tflm = treeOf(values.tflm, config);
  return {
    values,
    base: cwd,
    place: (key, entry) => {
      if (caller === "library") return `option ${key}`;
      return entry.positional?.includes(command) ? key.toUpperCase() : flagName(entry);
    },
  };
}

function configSource(command: CommandName, config: LoadedConfig): Source {
  const values = { ...config.values };
  if (command === "validate" || command === "bench") {
    // The config's model is the dense one; the model to validate or to count stands on the command line.
    values.against ??= values.model;
    delete values.model;
  }
  return { values, base: config.dir, place: (key) => `"${key}" in ${config.where}` };
}

/** --tflm names a directory or an archive; the archive's SHA-256 stands in the config file. */
function treeOf(text: string, config: LoadedConfig | undefined): Record<string, unknown> {
  if (!/\.(tar\.gz|tgz)$/.test(text)) return { dir: text };
  const configured = config?.values.tflm as { sha256?: unknown } | undefined;
  return { archive: text, ...(configured?.sha256 === undefined ? {} : { sha256: configured.sha256 }) };
}

function checkedValue(key: OptionKey, entry: OptionEntry, source: Source): unknown {
  const raw = source.values[key];
  if (raw === undefined) return undefined;
  const parsed = entry.schema.safeParse(raw);
  if (parsed.success) return absolute(entry, parsed.data, source.base);
  const where = source.place(key, entry);
  if (entry.text === "settings") refuseSetting(raw, parsed.error, entry, where);
  const known = entry.schema instanceof z.ZodEnum ? entry.schema.options.map(String) : [];
  throw dtmmError("OPTION_VALUE", {
    where,
    expects: entry.expects,
    value: display(raw),
    nearest: typeof raw === "string" ? nearest(raw, known) : undefined,
  });
}

/** Names the setting that is wrong within a group of them; returns where it is the group itself. */
function refuseSetting(raw: unknown, error: z.ZodError, entry: OptionEntry, where: string): void {
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = keysOf(entry.schema);
    throw dtmmError("UNKNOWN_CONFIG_KEY", { key, where, nearest: nearest(key, known) });
  }
  const [setting, ...deeper] = issue.path;
  if (setting === undefined) return;
  const value = [setting, ...deeper].reduce<unknown>(
    (inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step],
    raw,
  );
  throw dtmmError("OPTION_VALUE", {
    where: `${[setting, ...deeper].join(".")} of ${where}`,
    expects: /expected (.*?)(, received .*)?$/.exec(issue.message)?.[1] ?? entry.expects,
    value: display(value),
  });
}

function defaultValue(entry: OptionEntry, root: string): unknown {
  return entry.default === undefined ? undefined : absolute(entry, entry.schema.parse(entry.default), root);
}

/** The keys of an object, or of all that are to choose from. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(keysOf) : [];
}

/** Values that stand for something else than a path. */
const unresolved: Record<string, string> = { stream: "-", labels: "off" };

function absolute(entry: OptionEntry, value: unknown, base: string): unknown {
  if (entry.path === undefined || value === unresolved[entry.path]) return value;
  if (Array.isArray(value)) return value.map((one: string) => path.resolve(base, one));
  if (entry.path !== "tree") return path.resolve(base, value as string);
  const { dir, archive, ...rest } = value as { dir?: string; archive?: string };
  return dir === undefined
    ? { archive: path.resolve(base, archive!), ...rest }
    : { dir: path.resolve(base, dir) };
}

function requireValues(command: CommandName, options: Record<string, unknown>): void {
  for (const [key, entry] of optionEntries as [OptionKey, OptionEntry][]) {
    if (options[key] !== undefined || !entry.required?.includes(command)) continue;
    const positional = entry.positional?.includes(command);
    missing(
      command,
      positional ? key.toUpperCase() : entry.flag,
      positional
        ? `Name the file: \`dtmm ${command} ${key.toUpperCase()}\`.`
        : `Give ${entry.flag}, or the key "${key}" in dtmm.config.`,
    );
  }
  if (command === "validate" && options.eval === undefined && options.calibration === undefined) {
    missing(
      command,
      "inputs to run",
      "Give --eval <data> or --calibration <data>, or one of the two in dtmm.config.",
    );
  }
  if (options.labels !== undefined && options.labels !== "off" && options.eval === undefined) {
    missing(command, "the inputs that the labels belong to", "Give --eval <data> beside --labels.");
  }
}

function missing(command: CommandName, what: string, remedy: string): never {
  throw dtmmError("OPTION_MISSING", { what, command: `dtmm ${command}`, remedy });
}

function refuseConflicts(command: CommandName, options: Record<string, unknown>): void {
  if (command !== "patch") return;
  const [first, second] = (["dry-run", "check", "undo"] as const).filter(
    (flag) => options[flag === "dry-run" ? "dryRun" : flag] === true,
  );
  if (first && second) throw dtmmError("OPTION_CONFLICT", { first: `--${first}`, second: `--${second}` });
}

/** Where nothing says how much to keep, the smallest model that loses at most one point is searched. */
function defaultDrop({ keep, flash, latency }: Record<string, unknown>): number | undefined {
  return keep === undefined && flash === undefined && latency === undefined ? 1 : undefined;
}

/** "--keep" out of "--keep <ratio>". */
export function flagName(entry: OptionEntry): string {
  return entry.flag.split(" ", 1)[0]!;
}

function display(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
