import { expect, test } from "vitest";
import { fingerprint } from "../../lib/resume/fingerprint.js";

test("tells apart what differs in value, kind or structure", () => {
  const values: unknown[] = [
    [],
    {},
    new Map(),
    null,
    undefined,
    false,
    "",
    0,
    -0,
    0n,
    "0",
    [0],
    [[0]],
    ["a", "b"],
    ["ab"],
    ["a", ["b"]],
    { a: 1 },
    { a: 2 },
    { b: 1 },
    [["a", 1]],
    new Map([["a", 1]]),
    Uint8Array.of(1, 0),
    Int8Array.of(1, 0),
    Uint16Array.of(1),
    Uint8Array.of(1),
    [1, 0],
  ];
  expect(new Set(values.map(fingerprint)).size).toBe(values.length);
});

test("depends on contents only: not on the order of keys, absent values or the buffer of an array", () => {
  const inside = Float64Array.of(9, 1, 2, 9).subarray(1, 3);
  expect(fingerprint({ a: inside, b: { c: 1 } })).toBe(
    fingerprint({ b: { d: undefined, c: 1 }, a: Float64Array.of(1, 2) }),
  );
  expect(fingerprint(Buffer.from([1, 2]))).toBe(fingerprint(Uint8Array.of(1, 2)));
});

test("refuses what is not a value", () => {
  expect(() => fingerprint({ signal: new AbortController().signal })).toThrow("AbortSignal");
  expect(() => fingerprint([() => 1])).toThrow("function");
});
