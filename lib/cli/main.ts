#!/usr/bin/env node
import { asDtmmError, errorLines } from "./errors.js";
import { runCommandLine } from "./run.js";

process.on("uncaughtException", (error) => {
  const coded = asDtmmError(error);
  process.stderr.write(errorLines(coded, process.argv.includes("--debug")));
  process.exit(coded.exit);
});

// `dtmm inspect ... | head` closes the pipe early: that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

const code = await runCommandLine(process.argv.slice(2), process.cwd());
// After an interruption nobody waits for what might still hold the event loop.
if (code > 128) process.exit(code);
process.exitCode = code;
