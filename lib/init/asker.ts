import { dtmmError } from "../errors/index.js";
import type { Finding } from "./finding.js";

/** Whoever answers what the project's files leave open. */
export interface Asker {
  choose<T>(question: string, candidates: readonly Finding<T>[], label: (value: T) => string): Promise<T>;
  /** An empty answer is undefined. */
  ask(question: string, placeholder: string): Promise<string | undefined>;
}

/** Whether there is somebody to ask: a terminal in both directions, and no CI. */
export function isInteractive(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !env.CI;
}

/** Questions on the terminal. Ctrl-C at a question is INIT_CANCELLED. */
export async function terminalAsker(): Promise<Asker> {
  const { isCancel, select, text } = await import("@clack/prompts");
  const answered = <T extends string | number>(question: string, answer: T | symbol): T => {
    if (isCancel(answer)) throw dtmmError("INIT_CANCELLED", { question });
    return answer as T;
  };
  return {
    async choose(question, candidates, label) {
      const options = candidates.map(({ value, reason }, index) => ({
        value: index,
        label: label(value),
        hint: reason,
      }));
      const index = answered<number>(question, await select({ message: question, options }));
      return candidates[index]!.value;
    },
    async ask(question, placeholder) {
      const answer = answered<string>(
        question,
        await text({ message: question, placeholder, defaultValue: "" }),
      );
      return answer.trim() === "" ? undefined : answer.trim();
    },
  };
}
