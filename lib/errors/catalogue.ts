/**
 * Every error that a user can meet: stable code, exit code, message (what, where) and hint (what to do).
 * One file per side of the work, one section per stage. Codes are never renamed or reused.
 */

import { dataErrors } from "./data-errors.js";
import { inputErrors } from "./input-errors.js";
import { projectErrors } from "./project-errors.js";
import { tfjsErrors } from "./tfjs-errors.js";
import { workErrors } from "./work-errors.js";

export const catalogue = { ...inputErrors, ...dataErrors, ...tfjsErrors, ...workErrors, ...projectErrors };

export type ErrorCode = keyof typeof catalogue;
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof catalogue)[C]["message"]>[0];
