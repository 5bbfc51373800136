import { dtmmError } from "../errors/index.js";

/**
 * Ends the import where a value is beyond what any model for a microcontroller needs.
 *
 * @throws DtmmError TFJS_TOO_LARGE
 */
export function checkLimit(path: string, what: string, value: number, limit: number): void {
  if (!(value <= limit)) throw dtmmError("TFJS_TOO_LARGE", { path, what, value, limit });
}
