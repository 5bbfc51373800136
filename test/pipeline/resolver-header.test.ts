import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prune } from "../../lib/index.js";
import { cacheKeys } from "../../lib/native/cache-key.js";
import { findToolchain } from "../../lib/native/compiler.js";
import { cacheRoot, packageRoot } from "../../lib/native/paths.js";
import { runModel } from "../../lib/runs.js";
import { readModel } from "../../lib/tflite/reader.js";
import { locateTflm } from "../../lib/tflm/locate.js";
import { usePool } from "../support/interpreter.js";
import { evalSamples, evalSet, projectMaker, withEval } from "./support/project.js";

const newProject = projectMaker();
const interpreter = usePool();

/** Firmware that takes samples from stdin and writes the model's outputs to stdout; 2 if the resolver has room left. */
const firmware = `#include <cstdint>
#include <cstdio>
#include <cstring>

#include "dtmm_op_resolver.h"
#include "model_data.h"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" void DebugLog(const char* text) { std::fputs(text, stderr); }

alignas(16) static uint8_t arena[256 * 1024];

int main() {
  static g_model_ops::Resolver resolver;
  if (g_model_ops::Register(resolver) != kTfLiteOk) return 1;
  if (resolver.AddCustom("ONE_MORE", dtmm::RegisterFilterletConv2D()) == kTfLiteOk) return 2;
  tflite::MicroErrorReporter reporter;
  tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), resolver, arena, sizeof(arena), &reporter);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 3;
  TfLiteTensor* input = interpreter.input(0);
  while (std::fread(input->data.int8, 1, input->bytes, stdin) == input->bytes) {
    if (interpreter.Invoke() != kTfLiteOk) return 4;
    std::fwrite(interpreter.output(0)->data.int8, 1, interpreter.output(0)->bytes, stdout);
  }
  return 0;
}
`;

/** Compiles the firmware with what prune has written, against the tree that the addon was built from. */
async function build(root: string): Promise<string> {
  const tree = await locateTflm();
  const toolchain = findToolchain();
  const archive = join(cacheRoot(), "tflm", cacheKeys(packageRoot, tree, toolchain).tflm, "libtflm.a");
  expect(existsSync(archive)).toBe(true);
  const out = join(root, "dtmm-out");
  writeFileSync(join(root, "main.cc"), firmware);
  const kernels = readdirSync(join(out, "kernels")).map((name) => join(out, "kernels", name));
  const system = [tree.root, ...tree.includeDirs].flatMap((folder) => ["-isystem", folder]);
  const flags = ["-O1", "-DTF_LITE_STATIC_MEMORY", "-Wall", "-Wextra", "-Werror"];
  const [cc, ...ccFlags] = toolchain.cc.command as [string, ...string[]];
  const [cxx, ...cxxFlags] = toolchain.cxx.command as [string, ...string[]];
  const c = kernels.filter((path) => path.endsWith(".c"));
  execFileSync(cc, [...ccFlags, ...flags, "-std=c99", "-c", ...c], { cwd: root });
  const objects = readdirSync(root).filter((name) => name.endsWith(".o"));
  const sources = [...kernels.filter((path) => path.endsWith(".cc")), join(out, "model_data.cc"), "main.cc"];
  const plain = ["-std=c++11", "-fno-rtti", "-fno-exceptions", `-I${out}`, ...system];
  execFileSync(cxx, [...cxxFlags, ...flags, ...plain, "-o", "firmware", ...sources, ...objects, archive], {
    cwd: root,
  });
  return join(root, "firmware");
}

test("--resolver-header: firmware with the generated resolver gives the interpreter's bytes", {
  timeout: 300_000,
}, async () => {
  const project = newProject();
  const result = await prune({ ...withEval, keep: 0.5, resolverHeader: true }, { cwd: project.root });
  expect(result.files.map(({ path }) => path)).toContain("dtmm-out/dtmm_op_resolver.h");
  const header = new TextDecoder().decode(project.read("dtmm-out/dtmm_op_resolver.h"));
  // Max and average pool, reshape, softmax and the two packed operators: no convolution is left.
  expect(header).toContain("kCount = 6;");
  expect(header).not.toContain("AddConv2D");
  const printed = execFileSync(await build(project.root), { input: evalSet.bytes });
  const bytes = project.read("dtmm-out/model.tflite");
  const { outputs } = await runModel({ model: readModel(bytes), bytes }, evalSet, interpreter.context);
  expect(printed).toHaveLength(10 * evalSamples);
  expect(printed.equals(Buffer.from(outputs))).toBe(true);
});
