/**
 * The process that loads the addon: `worker.js <addon>`, forked by `worker-process.ts`. It answers one request at a time
 * and lives no longer than its parent.
 */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { WorkerReply, WorkerRequest } from "./worker-messages.js";

type NativeFunction = (request: unknown) => unknown;

// Ctrl-C reaches the whole foreground group; the parent decides what becomes of a job.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));

const addon = load(process.argv[2] ?? "");
if (addon) {
  process.on("message", (message: WorkerRequest) => void answer(addon, message));
  dieWithParent(process.ppid);
  send({ type: "ready" });
}

function load(path: string): Record<string, NativeFunction | undefined> | undefined {
  try {
    return createRequire(import.meta.url)(path) as Record<string, NativeFunction | undefined>;
  } catch (error) {
    send({ type: "loadFailed", reason: describe(error).message });
    return undefined;
  }
}

async function answer(
  functions: Record<string, NativeFunction | undefined>,
  { name, request }: WorkerRequest,
) {
  const call = functions[name];
  if (!call) {
    send({ type: "error", code: "NO_SUCH_FUNCTION", message: `the addon has no function ${name}` });
    return;
  }
  try {
    send({ type: "result", value: await call(request) });
  } catch (error) {
    send({ type: "error", ...describe(error) });
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "UNKNOWN", message: String(error) };
  return { code: (error as NodeJS.ErrnoException).code ?? error.name, message: error.message };
}

function send(reply: WorkerReply): void {
  process.send?.(reply);
}

/**
 * "disconnect" waits for the event loop, which a native call blocks for as long as it likes. A thread sees to it that
 * even a hung call ends within a second of the parent's death, however the parent died.
 */
function dieWithParent(parent: number): void {
  const watch = `setInterval(() => { if (process.ppid !== ${parent}) process.kill(process.pid, "SIGKILL"); }, 500);`;
  new Worker(watch, { eval: true, stdin: false }).unref();
}
