import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { patchStatus, planPatch, unpatch } from "../../lib/firmware/patch.js";
import { findResolverFiles } from "../../lib/firmware/resolver/scan.js";
import { filterletConv } from "./registration.js";

const registrations = [filterletConv];
const main = `#include "ops.h"
void Setup() {
  static tflite::MicroMutableOpResolver<1> resolver;
  resolver.AddConv2D();
}
`;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dtmm-firmware-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe("findResolverFiles", () => {
  test("finds the project's sources and passes over everything else", async () => {
    const own = ["main.cpp", "src/nn.cc", "sketch/sketch.ino", "include/nn.h"];
    const foreign = [
      "notes.txt",
      "node_modules/x/a.cc",
      ".pio/libdeps/a.cc",
      "build/a.cc",
      "build-debug/a.cc",
      "third_party/a.cc",
      "out/kernels/a.cc",
      "src/tensorflow/lite/micro/micro_mutable_op_resolver.h",
      "lib/pico-tflmicro/src/tensorflow/lite/micro/x.h",
      "lib/pico-tflmicro/examples/hello/main.cpp",
    ];
    for (const path of [...own, ...foreign]) put(path, main);
    put("src/other.cc", "int x;\n");
    expect(await findResolverFiles(root, { ignore: ["out/kernels"] })).toEqual([...own].sort());
  });

  test("an absent folder has no sources", async () => {
    expect(await findResolverFiles(join(root, "nowhere"))).toEqual([]);
  });
});

describe("planPatch", () => {
  test("patches the one source that registers ops and leaves the disk alone", async () => {
    put("src/main.cc", main);
    put("src/run.h", "void Run(tflite::MicroMutableOpResolver<1>& resolver);\n");
    const {
      files: [file, ...others],
    } = await planPatch({ root, registrations });
    expect(others).toEqual([]);
    expect(file!.path).toBe("src/main.cc");
    expect(Buffer.from(file!.before).toString()).toBe(main);
    expect(Buffer.from(file!.after).toString()).toContain("AddCustom");
  });

  test("keeps the bytes of a source that is not UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from("// 25 "), Buffer.from([0xb0]), Buffer.from(`C\n${main}`)]);
    put("main.cc", bytes);
    const [file] = (await planPatch({ root, registrations })).files;
    put("main.cc", file!.after);
    expect(Buffer.from(file!.after).includes(bytes.subarray(0, 8))).toBe(true);
    const [restored] = await unpatch({ root });
    expect(Buffer.from(restored!.after).equals(bytes)).toBe(true);
  });

  test("two sources that register ops have to be told apart", async () => {
    put("a.cc", main);
    put("b.cc", main);
    await expect(planPatch({ root, registrations })).rejects.toMatchObject({
      code: "RESOLVER_AMBIGUOUS",
      message: expect.stringContaining("resolver (a.cc:3), resolver (b.cc:3)"),
    });
    const [file] = (await planPatch({ root, registrations, names: [{ file: "b.cc" }] })).files;
    expect(file!.path).toBe("b.cc");
  });

  test("without a resolver the error holds the lines to add", async () => {
    put("main.cc", "int main() { return 0; }\n");
    await expect(planPatch({ root, registrations })).rejects.toMatchObject({
      code: "RESOLVER_NOT_PATCHABLE",
      exit: 1,
      hint: expect.stringContaining(
        "resolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());",
      ),
    });
  });

  test("an unpatchable resolver is named with its line", async () => {
    put(
      "src/main.cc",
      main.replace("resolver.AddConv2D();", "if (resolver.AddConv2D() == kTfLiteOk) Run();"),
    );
    await expect(planPatch({ root, registrations })).rejects.toMatchObject({
      code: "RESOLVER_NOT_PATCHABLE",
      message: expect.stringContaining("src/main.cc:4: what follows the last Add call runs inside"),
    });
  });

  test("two resolvers of one source are told apart by name", async () => {
    put(
      "src/main.cc",
      `${main}void Other() {\n  tflite::MicroMutableOpResolver<2> b;\n  b.AddConv2D();\n}\n`,
    );
    await expect(planPatch({ root, registrations })).rejects.toMatchObject({
      code: "RESOLVER_AMBIGUOUS",
      hint: expect.stringMatching(/--resolver src\/main\.cc:resolver, .*\n.*#include "dtmm/),
    });
    const named = (name: string) =>
      planPatch({ root, registrations, names: [{ file: "src/main.cc", name }] });
    const { files } = await named("b");
    expect(Buffer.from(files[0]!.after).toString()).toContain("  b.AddCustom(");
    await expect(named("c")).rejects.toMatchObject({
      code: "RESOLVER_NOT_PATCHABLE",
      message: expect.stringContaining('it has no op resolver "c"; there is: resolver, b'),
    });
  });

  test("a source that is not there is a clear error", async () => {
    await expect(planPatch({ root, registrations, names: [{ file: "gone.cc" }] })).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      exit: 2,
    });
  });
});

describe("patchStatus and unpatch", () => {
  test("out of date, up to date, gone", async () => {
    put("main.cc", main);
    expect(await patchStatus({ root, registrations })).toEqual({
      upToDate: false,
      files: [{ path: "main.cc", upToDate: false }],
    });
    const [file] = (await planPatch({ root, registrations })).files;
    put("main.cc", file!.after);
    expect((await patchStatus({ root, registrations })).upToDate).toBe(true);
    const [restored] = await unpatch({ root });
    expect(Buffer.from(restored!.after).toString()).toBe(main);
    put("main.cc", restored!.after);
    expect(await unpatch({ root })).toEqual([]);
  });
});
