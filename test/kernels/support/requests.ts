import { execFileSync } from "node:child_process";
import {
  type Answer,
  decodeAnswers,
  encodeRequests,
  type RunnerRequest,
} from "../../../lib/board/requests.js";

export type { Answer, RunnerRequest };

/** Runs all requests through the compiled runner on this machine, in order. */
export function runRequests(program: string, requests: RunnerRequest[]): Answer[] {
  const input = encodeRequests(requests);
  return decodeAnswers(execFileSync(program, { input, maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "pipe"] }));
}
