import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBuilds } from "../../lib/init/find-build.js";
import { findCores } from "../../lib/init/find-core.js";
import { findInputs } from "../../lib/init/find-inputs.js";
import { findModels } from "../../lib/init/find-model.js";
import { findTflm } from "../../lib/init/find-tflm.js";
import { packageRoot } from "../../lib/native/paths.js";
import { writeModel } from "../../lib/tflite/writer.js";
import { npyBytes } from "../data/npy-bytes.js";
import { zipBytes } from "../data/npz-bytes.js";
import { floatTwin } from "../support/float-twin.js";
import { convModel, convModelValue, everyLayer } from "../support/models.js";
import { writeTree } from "../tflm/fake-tree.js";
import { arraySource, makefile, modelBytes, projectMaker, resolverSource } from "./project.js";

const newProject = projectMaker();

describe("the core", () => {
  const cases: [string, Record<string, string>, string][] = [
    ["a compiler flag", { "CMakeLists.txt": "add_compile_options(-mcpu=cortex-m55 -mthumb)" }, "cortex-m55"],
    ["a toolchain file", { "cmake/arm.cmake": "set(CMAKE_SYSTEM_PROCESSOR cortex-m33)" }, "cortex-m33"],
    ["a variable of a Makefile", { Makefile: "CPU = cortex-m7" }, "cortex-m7"],
    ["Zephyr's Kconfig", { "prj.conf": "CONFIG_CPU_CORTEX_M4=y" }, "cortex-m4"],
    ["Zephyr's board", { "CMakeLists.txt": "set(BOARD nrf5340dk/nrf5340/cpuapp)" }, "cortex-m33"],
    ["a file for a Zephyr board", { "boards/nrf52840dk_nrf52840.overlay": "" }, "cortex-m4"],
    ["PlatformIO", { "platformio.ini": "[env:x]\nboard = nucleo_f767zi" }, "cortex-m7"],
    ["an ESP32 in sdkconfig", { sdkconfig: 'CONFIG_IDF_TARGET="esp32s3"' }, "generic"],
    ["ESP-IDF", { "CMakeLists.txt": "include($ENV{IDF_PATH}/tools/cmake/project.cmake)" }, "generic"],
    ["a Pico", { "CMakeLists.txt": "set(PICO_BOARD pico)" }, "generic"],
    ["a Pico 2", { "CMakeLists.txt": "set(PICO_BOARD pico2_w)" }, "cortex-m33"],
    [
      "an Arduino sketch's board",
      { "sketch.yaml": "default_fqbn: arduino:mbed_nano:nano33ble" },
      "cortex-m4",
    ],
    ["a chip's macro", { Makefile: "DEFS = -DSTM32F103xB" }, "cortex-m3"],
    ["a core without DSP", { Makefile: "CFLAGS += -mcpu=cortex-m0plus" }, "generic"],
  ];
  test.each(cases)("%s", async (_, files, core) => {
    const { root } = newProject(files);
    const { candidates } = await findCores(root, []);
    expect(candidates.map(({ value }) => value)).toEqual([core]);
    expect(candidates[0]!.reason).toMatch(new RegExp(`^${Object.keys(files)[0]!.replace(/[.]/g, "\\.")}`));
  });

  test("comments, build folders and unknown boards say nothing", async () => {
    const { root } = newProject({
      Makefile: "# CFLAGS += -mcpu=cortex-m4",
      "build/CMakeCache.mk": "X = -mcpu=cortex-m4",
      "platformio.ini": "board = somebodys_own",
    });
    expect((await findCores(root, [])).candidates).toEqual([]);
  });
});

describe("the build", () => {
  const cases: [string, Record<string, string>, string[]][] = [
    ["make", { Makefile: makefile }, ["make"]],
    ["cmake", { "CMakeLists.txt": "add_executable(app src/main.cc)" }, ["cmake"]],
    [
      "both, but only one builds the firmware",
      { "CMakeLists.txt": "add_executable(app src/main.cc)", Makefile: "all:\n\tcmake --build build\n" },
      ["cmake"],
    ],
    [
      "zephyr",
      { "CMakeLists.txt": "find_package(Zephyr REQUIRED)\ntarget_sources(app PRIVATE a.cc)" },
      ["zephyr"],
    ],
    ["esp-idf", { "CMakeLists.txt": "include($ENV{IDF_PATH}/tools/cmake/project.cmake)" }, ["esp-idf"]],
    [
      "PlatformIO over ESP-IDF",
      { "platformio.ini": "", "CMakeLists.txt": "include($ENV{IDF_PATH}/tools/cmake/project.cmake)" },
      ["platformio"],
    ],
    ["a sketch", { "blink/blink.ino": "void loop() {}" }, ["arduino"]],
    ["nothing", {}, []],
  ];
  test.each(cases)("%s", async (_, files, kinds) => {
    const { root } = newProject({ "src/main.cc": resolverSource, ...files });
    const { candidates } = await findBuilds(root, "src/main.cc", []);
    expect(candidates.map(({ value }) => value)).toEqual(kinds);
  });

  test("one that cannot be patched is a note with its reason", async () => {
    const { root } = newProject({
      "src/main.cc": resolverSource,
      Makefile: "SRC = src/main.cc\nCPPFLAGS = -Isrc",
    });
    const { candidates, notes } = await findBuilds(root, "src/main.cc", []);
    expect(candidates).toEqual([]);
    expect(notes[0]).toContain("SRC holds C++ only");
  });
});

describe("the model", () => {
  test("arrays before files, equal ones once, what cannot be pruned as a note", async () => {
    const { root } = newProject({
      "a.tflite": modelBytes,
      "b/other.tflite": convModel({ ...everyLayer, seed: 3 }),
      "src/model.h": arraySource(),
      "cut.tflite": modelBytes.subarray(0, 100),
    });
    const { candidates, notes } = await findModels(root, []);
    expect(candidates.map(({ value }) => value.path)).toEqual(["src/model.h", "b/other.tflite"]);
    expect(candidates[0]!.reason).toContain("; a.tflite holds the same bytes");
    expect(notes).toEqual([expect.stringMatching(/^cut\.tflite is passed over: /)]);
  });

  const floatBytes = writeModel(floatTwin(convModelValue(everyLayer)));
  const tfjs = (file: string) => readFileSync(join(packageRoot, "examples/tfjs-digits/model", file));

  test("a float model where there is no int8 one, and it says so", async () => {
    const both = newProject({ "a.tflite": modelBytes, "float.tflite": floatBytes });
    expect((await findModels(both.root, [])).candidates.map(({ value }) => value.path)).toEqual(["a.tflite"]);
    const { root } = newProject({ "src/model.cc": arraySource(floatBytes), "package.json": "{}" });
    const { candidates } = await findModels(root, []);
    expect(candidates.map(({ reason }) => reason)).toEqual([
      `src/model.cc:1 holds a float model of ${floatBytes.length} bytes as the array g_model, which prune quantises`,
    ]);
  });

  test("a TF.js model where there is no .tflite", async () => {
    const { root } = newProject({
      "web/model.json": tfjs("model.json"),
      "web/weights.bin": tfjs("weights.bin"),
      "package.json": "{}",
    });
    const { candidates, notes } = await findModels(root, []);
    expect([candidates.map(({ value }) => value.path), notes]).toEqual([["web/model.json"], []]);
    expect(candidates[0]!.reason).toMatch(/^a TF\.js model of \d+ bytes, which prune quantises$/);
  });

  test("ignored folders are not looked at", async () => {
    const { root } = newProject({
      "a.tflite": modelBytes,
      "out/dense.tflite": convModel({ ...everyLayer, seed: 3 }),
    });
    expect((await findModels(root, ["out"])).candidates).toHaveLength(1);
  });
});

describe("recorded inputs", () => {
  const model = convModelValue(everyLayer);
  const shape = everyLayer.input.slice(1);
  const npy = (count: number, dims: readonly number[] = shape) =>
    npyBytes({
      descr: "|u1",
      shape: [count, ...dims],
      data: new Uint8Array(dims.reduce((a, b) => a * b, count)),
    });

  test("one file that fits is for calibration, whatever its name", async () => {
    const { root } = newProject({ "x.npy": npy(4), "y.npy": npy(4, [3, 3]) });
    const found = await findInputs(root, model, []);
    expect(found.calibration).toMatchObject({ value: "x.npy" });
    expect(found.eval).toBeUndefined();
  });

  test("two that could be meant are left open", async () => {
    const { root } = newProject({ "x.npy": npy(4), "y.npy": npy(4) });
    expect((await findInputs(root, model, [])).calibration).toBeUndefined();
  });

  test("arrays of an archive, told apart by their names", async () => {
    const labels = npyBytes({ descr: "|u1", shape: [3], data: new Uint8Array(3) });
    const members = [
      { name: "x_train.npy", content: npy(5) },
      { name: "x_test.npy", content: npy(3), compressed: true },
      { name: "y_test.npy", content: labels },
    ];
    const { root } = newProject({ "data/set.npz": zipBytes(members), "test_labels.npy": labels });
    const found = await findInputs(root, model, []);
    expect(found.calibration).toMatchObject({ value: "data/set.npz:x_train" });
    expect(found.eval).toMatchObject({ value: "data/set.npz:x_test" });
    // Its classes come with it.
    expect(found.labels).toBeUndefined();
    const { root: other } = newProject({ "one.npz": zipBytes([{ name: "recorded.npy", content: npy(2) }]) });
    expect((await findInputs(other, model, [])).calibration).toMatchObject({ value: "one.npz" });
  });

  test("folders of images whose names say what they are for", async () => {
    const { root } = newProject({
      "photos/train/cat/1.png": "",
      "photos/train/dog/1.png": "",
      "photos/test/cat/1.png": "",
      "docs/logo.png": "",
    });
    const found = await findInputs(root, model, []);
    expect(found.calibration).toMatchObject({
      value: "photos/train",
      reason: expect.stringMatching(/^2 inputs/),
    });
    expect(found.eval).toMatchObject({ value: "photos/test" });
    const vector = convModelValue({ ...everyLayer, input: [1, 4, 4, 3], layers: [] });
    expect((await findInputs(root, vector, [])).calibration).toBeUndefined();
  });

  test("bytes for an input that spans 0..1 are scaled by 1/255", async () => {
    const { root } = newProject({ "x.npy": npy(4) });
    const spanning = convModelValue(everyLayer);
    const input = spanning.subgraphs[0]!.tensors[spanning.subgraphs[0]!.inputs[0]!]!;
    input.quantization = { ...input.quantization!, scale: [1 / 255], zeroPoint: [-128n] };
    expect((await findInputs(root, spanning, [])).inputScale?.value).toBe("1/255");
    input.quantization = { ...input.quantization!, scale: [2 / 255], zeroPoint: [-1n] };
    expect(await findInputs(root, spanning, [])).toMatchObject({
      inputScale: { value: "1/127.5" },
      inputOffset: { value: -1 },
    });
    input.quantization = { ...input.quantization!, scale: [0.1], zeroPoint: [0n] };
    expect((await findInputs(root, spanning, [])).inputScale).toBeUndefined();
  });
});

describe("the TFLM tree", () => {
  test("one without its third-party headers is a note", async () => {
    const { root } = newProject({ "third_party/tflm/tensorflow/lite/micro/micro_interpreter.h": "" });
    const { candidates, notes } = await findTflm(root);
    expect(candidates).toEqual([]);
    expect(notes[0]).toContain("third_party/tflm is passed over");
  });

  test("a whole one is named by its folder", async () => {
    const { root } = newProject({});
    writeTree(`${root}/lib/tflm`);
    expect((await findTflm(root)).candidates).toMatchObject([{ value: "lib/tflm" }]);
  });

  test("none", async () => {
    expect((await findTflm(newProject({ "a.txt": "" }).root)).candidates).toEqual([]);
  });
});
