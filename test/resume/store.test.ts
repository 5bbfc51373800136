import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { StageStore } from "../../lib/resume/store.js";
import { tempFolder } from "../cli/support/temp-folder.js";

// A limit that some small entries fill.
vi.mock("../../lib/resume/limits.js", async (original) => ({
  ...(await original<typeof import("../../lib/resume/limits.js")>()),
  mostBytes: 10_000,
}));

const root = tempFolder();
let made = 0;
let folder = "";
let store: StageStore;

async function open(): Promise<StageStore> {
  return (await StageStore.open(folder))!;
}

function fileOf(key: string): string {
  return path.join(folder, `${key}.stage`);
}

/** Lets a file look as if it had been written so many hours ago. */
function age(file: string, hours: number): void {
  const then = Date.now() / 1000 - 3600 * hours;
  utimesSync(file, then, then);
}

beforeEach(async () => {
  folder = path.join(root, String(made++), "runs");
  store = await open();
});

test("gives back equal values; typed arrays have buffers of their own", async () => {
  const shared = Float64Array.of(0, 1.5, Number.NaN, Number.POSITIVE_INFINITY);
  const value = {
    words: ["a", "\u{1F600}"],
    missing: undefined,
    scales: new Map([[3, Float32Array.of(0.1, -0)]]),
    bytes: new Uint8Array(shared.buffer, 8, 3),
    sums: shared.subarray(1),
  };
  await store.write("key", value);
  const found = (await (await open()).read("key"))?.value as typeof value;
  expect(found).toEqual(value);
  expect(found.sums.buffer.byteLength).toBe(found.sums.byteLength);
  expect(found.bytes.buffer.byteLength).toBe(3);
});

test("knows an undefined value from an absent one, and replaces one by the next", async () => {
  expect(await store.read("key")).toBeUndefined();
  await store.write("key", undefined);
  expect(await store.read("key")).toEqual({ value: undefined });
  await store.write("key", [1]);
  expect(await store.read("key")).toEqual({ value: [1] });
  await store.remove("key");
  expect(await store.read("key")).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

test("leaves nothing but whole entries behind a write", async () => {
  await Promise.all([store.write("key", Uint8Array.of(1)), store.write("key", Uint8Array.of(2))]);
  expect(readdirSync(folder)).toEqual(["key.stage"]);
  const found = await store.read("key");
  expect([[1], [2]]).toContainEqual([...(found!.value as Uint8Array)]);
});

test.each([
  ["empty", () => new Uint8Array()],
  ["cut short", (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
  ["cut inside the checksum", (bytes: Uint8Array) => bytes.subarray(0, 20)],
  ["longer", (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ["changed by one bit", (bytes: Uint8Array) => bytes.map((byte, i) => (i === 50 ? byte ^ 4 : byte))],
])("drops a file that is %s, and takes a new one", async (_, damage) => {
  const value = { sums: new Float64Array(8).fill(3) };
  await store.write("key", value);
  writeFileSync(fileOf("key"), damage(readFileSync(fileOf("key"))));
  expect(await store.read("key")).toBeUndefined();
  expect(existsSync(fileOf("key"))).toBe(false);
  await store.write("key", value);
  expect(await store.read("key")).toEqual({ value });
});

test("removes entries older than a week and temporary files of killed processes when it is opened", async () => {
  for (const key of ["young", "old"]) await store.write(key, key);
  age(fileOf("young"), 6 * 24);
  age(fileOf("old"), 8 * 24);
  for (const [name, hours] of [
    ["live.tmp", 0.5],
    ["dead.tmp", 2],
  ] as const) {
    writeFileSync(path.join(folder, name), "");
    age(path.join(folder, name), hours);
  }
  await open();
  expect(readdirSync(folder).sort()).toEqual(["live.tmp", "young.stage"]);
});

test("beyond the limit, the oldest entries leave for a new one", async () => {
  for (const [i, key] of ["first", "second", "third"].entries()) {
    await store.write(key, new Uint8Array(3000));
    age(fileOf(key), 3 - i);
  }
  await store.write("fourth", new Uint8Array(5000));
  expect(readdirSync(folder).sort()).toEqual(["fourth.stage", "third.stage"]);
  await store.write("larger than all", new Uint8Array(11_000));
  expect(readdirSync(folder).sort()).toEqual(["fourth.stage", "third.stage"]);
});

test("a disk that says no costs no run: nothing is kept, nothing found", async () => {
  const file = path.join(root, "file");
  writeFileSync(file, "");
  expect(await StageStore.open(path.join(file, "runs"))).toBeUndefined();
  if (process.getuid?.() === 0) return;
  chmodSync(folder, 0o500);
  await store.write("key", 1);
  chmodSync(folder, 0o700);
  expect(readdirSync(folder)).toEqual([]);
});

test("a value that cannot be kept is a bug and says so", async () => {
  await expect(store.write("key", { call: () => 1 })).rejects.toThrow("could not be cloned");
});
