import { execFileSync } from "node:child_process";
import { compile, kernelSources, sanitized, supportFile } from "./compile.js";

/** The messages of an operator for every status, and for one that does not exist. */
export function messagesOf(op: string): string[] {
  const program = compile(sanitized, [supportFile("messages.c"), ...kernelSources]);
  return execFileSync(program, [op], { encoding: "utf8" }).trimEnd().split("\n");
}
