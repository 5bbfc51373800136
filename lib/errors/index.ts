export type { ErrorCode } from "./catalogue.js";
export { DtmmError, dtmmError, exitCode } from "./dtmm-error.js";
