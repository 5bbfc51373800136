/** Ends the check: `field` is the path of what is wrong, `problem` continues the sentence after it. */
export type Fail = (field: string, problem: string) => never;

/** `index` must be one of the `count` entries of `what`. */
export function checkIndex(index: number, count: number, field: string, what: string, fail: Fail): void {
  if (index < 0 || index >= count) fail(field, `is ${index}, but there are ${count} ${what}`);
}
