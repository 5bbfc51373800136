import { type ChildProcess, fork } from "node:child_process";
import { dtmmError } from "../errors/index.js";
import { sanitizerEnvironment } from "./compiler.js";
import { NativeError } from "./native-error.js";
import { scriptPath } from "./paths.js";
import type { WorkerReply, WorkerRequest } from "./worker-messages.js";

const stderrLimit = 4000;

/** How a worker ended before it answered. */
export class WorkerExit extends Error {
  override readonly name = "WorkerExit";
  /** "SIGSEGV", or "exit code 1". */
  readonly how: string;
  /** The end of what it wrote to stderr, such as a sanitizer's report. */
  readonly stderr: string;

  constructor(how: string, stderr: string) {
    super(`the worker ended: ${how}`);
    this.how = how;
    this.stderr = stderr;
  }
}

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** One child process with the addon loaded. It takes one call at a time. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #pending: Pending | undefined;
  #stderr = "";
  #exit: WorkerExit | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrLimit);
    });
    child.on("message", (reply: WorkerReply) => this.#settle(reply));
    // A call to a process that is about to die: "close" tells the story.
    child.on("error", () => {});
    // "close" rather than "exit": stderr is complete then.
    this.#ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.#exit = new WorkerExit(signal ?? `exit code ${code}`, this.#stderr.trim());
        this.#pending?.reject(this.#exit);
        this.#pending = undefined;
        resolve();
      });
    });
  }

  /**
   * Starts a process and waits until it has loaded the addon.
   *
   * @throws NATIVE_LOAD_FAILED
   */
  static async start(addonPath: string): Promise<WorkerProcess> {
    const child = fork(scriptPath("worker.js"), [addonPath], {
      serialization: "advanced",
      // The parent's stdout may be a JSON stream; nothing that native code prints belongs there.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
      env: { ...process.env, ...sanitizerEnvironment() },
    });
    const worker = new WorkerProcess(child);
    try {
      await new Promise<unknown>((resolve, reject) => {
        worker.#pending = { resolve, reject };
      });
    } catch (error) {
      await worker.kill();
      const reason =
        error instanceof WorkerExit ? `${error.how} ${error.stderr}`.trim() : (error as Error).message;
      throw dtmmError("NATIVE_LOAD_FAILED", { path: addonPath, reason }, error);
    }
    return worker;
  }

  /** Whether the process can still take calls. */
  get alive(): boolean {
    // A process that was told to end takes no more calls, although it may still be on its way out.
    return this.#exit === undefined && !this.#child.killed;
  }

  /**
   * Calls one function of the addon.
   *
   * @throws NativeError with what the function threw; WorkerExit if the process ended first
   */
  call(name: string, request: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#exit) {
        reject(this.#exit);
        return;
      }
      this.#pending = { resolve, reject };
      this.#child.send({ name, request } satisfies WorkerRequest);
    });
  }

  /** Ends the process at once, whatever it does, and waits until it is gone. */
  async kill(): Promise<void> {
    this.killNow();
    await this.#ended;
  }

  /** As `kill`, for the moment when this process exits and nothing can be waited for. */
  killNow(): void {
    this.#child.kill("SIGKILL");
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (reply.type === "result") pending?.resolve(reply.value);
    else if (reply.type === "error") pending?.reject(new NativeError(reply.code, reply.message));
    else if (reply.type === "loadFailed") pending?.reject(new NativeError("LOAD", reply.reason));
    else pending?.resolve(undefined);
  }
}
