/** One file that emit wants to exist. */
export interface PlannedFile {
  /** Relative to the root, with "/" between folders. */
  path: string;
  content: Uint8Array | string;
  /** Permission bits of a new file; an existing file keeps its own. */
  mode?: number;
  /**
   * What undo does with it: `file` (the default) restores the bytes from before, `patch` takes only dtmm's blocks out
   * of whatever the source holds by then, `forget` drops it from the record.
   */
  undo?: "file" | "patch" | "forget";
}

export type FilePlan = PlannedFile[];

export interface ApplyOptions {
  /** Folder that the plan's paths are relative to; it gets the folder `.dtmm`. */
  root: string;
  /** Check everything and change nothing. */
  dryRun?: boolean;
  /** Stops the work until the point of no return; from there on it is finished. */
  signal?: AbortSignal;
  /** Called before each single change of the disk. */
  onStep?: (step: string) => void | Promise<void>;
}

export interface AppliedPlan {
  /** Paths that were written, or would be in a dry run. */
  changed: string[];
  /** Paths that had the planned content already. */
  unchanged: string[];
}

export function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? Buffer.from(content, "utf8") : content;
}
