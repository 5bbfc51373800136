import { DtmmError } from "../../../lib/errors/index.js";

/** Runs `action` and returns the coded error it must throw. */
export async function thrownBy(action: () => unknown): Promise<DtmmError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof DtmmError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
