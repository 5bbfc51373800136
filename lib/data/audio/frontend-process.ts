import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { dtmmError } from "../../errors/index.js";
import type { FrontendSettings } from "../../options/data-settings.js";

/** A clip whose features are waited for. */
interface Waiting {
  resolve: (values: Uint16Array) => void;
  reject: (error: unknown) => void;
}

/** The arguments of frontend/micro_frontend.cc, in their order. */
function argumentsOf(settings: FrontendSettings): string[] {
  const numbers = [
    settings.sampleRate,
    settings.windowMs,
    settings.strideMs,
    settings.melBins,
    settings.lowerHz,
    settings.upperHz,
    settings.smoothingBits,
    settings.evenSmoothing,
    settings.oddSmoothing,
    settings.minSignalRemaining,
    Number(settings.pcan),
    settings.pcanStrength,
    settings.pcanOffset,
    settings.gainBits,
    Number(settings.log),
    settings.scaleShift,
  ];
  return numbers.map(String);
}

/** The running program of `ensureFrontend`: it answers clip after clip, in their order. */
export class FrontendProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  #complaint = "";
  /** Why the program has ended. */
  #ended: string | undefined;

  constructor(program: string, settings: FrontendSettings) {
    this.#child = spawn(program, argumentsOf(settings), { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#complaint += chunk.toString();
    });
    // What went wrong with writing shows in how the program ends.
    this.#child.stdin.on("error", () => undefined);
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#child.on("close", (code, signal) => {
      this.#fail(this.#complaint.trim().split("\n")[0] || `it ended with ${signal ?? `exit code ${code}`}`);
    });
  }

  /** Computes the features of a clip of 16-bit samples; throws FRONTEND_FAILED. */
  compute(samples: Int16Array): Promise<Uint16Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#ended !== undefined) return this.#fail(this.#ended);
      const count = new Uint8Array(Uint32Array.of(samples.length).buffer);
      this.#child.stdin.write(count);
      this.#child.stdin.write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    });
  }

  close(): void {
    this.#child.kill();
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4) {
      const end = 4 + 2 * new DataView(this.#received.buffer, this.#received.byteOffset).getUint32(0, true);
      if (this.#received.length < end) return;
      const values = Uint8Array.from(this.#received.subarray(4, end));
      this.#received = this.#received.subarray(end);
      this.#waiting.shift()?.resolve(new Uint16Array(values.buffer));
    }
  }

  #fail(reason: string): void {
    this.#ended = reason;
    for (const { reject } of this.#waiting.splice(0)) reject(dtmmError("FRONTEND_FAILED", { reason }));
  }
}
