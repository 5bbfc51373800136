import type { z } from "zod";
import type { CommandName } from "./entry.js";
import { optionTable } from "./table.js";

export type OptionTable = typeof optionTable;
export type OptionKey = keyof OptionTable;

/** The keys that a command takes. */
type KeyOf<C extends CommandName> = {
  [K in OptionKey]: C extends OptionTable[K]["commands"][number] ? K : never;
}[OptionKey];

/** Whether a command finds the value in the project instead of taking a default. */
type IsFound<C extends CommandName, K extends OptionKey> = OptionTable[K] extends {
  found: readonly (infer F)[];
}
  ? C extends F
    ? true
    : false
  : false;

/** Keys that have a value after normalising, because they are required or have a default. */
type PresentKeyOf<C extends CommandName> = {
  [K in KeyOf<C>]: OptionTable[K] extends { default: unknown }
    ? IsFound<C, K> extends true
      ? never
      : K
    : OptionTable[K] extends { required: readonly (infer R)[] }
      ? C extends R
        ? K
        : never
      : never;
}[KeyOf<C>];

type ValueOf<K extends OptionKey> = z.output<OptionTable[K]["schema"]>;

/** The checked options of a command. `root` is the project: the folder of the config file, else the working directory. */
export type OptionsOf<C extends CommandName> = { [K in PresentKeyOf<C>]: ValueOf<K> } & {
  [K in Exclude<KeyOf<C>, PresentKeyOf<C>>]?: ValueOf<K>;
} & { root: string };

export type PruneOptions = OptionsOf<"prune">;
/** Core that the kernels are for. */
export type Target = PruneOptions["target"];
export type ValidateOptions = OptionsOf<"validate">;
export type PatchOptions = OptionsOf<"patch">;
export type InspectOptions = OptionsOf<"inspect">;
export type CompareOptions = OptionsOf<"compare">;
export type BenchOptions = OptionsOf<"bench">;
export type InitOptions = OptionsOf<"init">;
export type DoctorOptions = OptionsOf<"doctor">;

/** What a config file or a caller of the library may give. */
export type OptionsInput = { [K in OptionKey]?: z.input<OptionTable[K]["schema"]> };

/** The entries in the order of the table. */
export const optionEntries = Object.entries(optionTable) as [OptionKey, OptionTable[OptionKey]][];
