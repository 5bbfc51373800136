/** A package like dtmm's own, built by the same cmake/, whose native code does what sanitizers must report. */

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { ensureAddon } from "../../lib/native/build.js";
import { packageRoot } from "../../lib/native/paths.js";
import { writeMiniPackage, writeMiniTree } from "../native/mini-package.js";
import { writeFiles } from "../tflm/fake-tree.js";

/** The pool calls functions by the names it knows; each of these commits one fault, the last one none. */
const addon = `
#include <node_api.h>
#include <vector>
extern "C" int dtmm_faulty_kernel(int shift);
int ReadBehind(const std::vector<int>& values);

static int OutOfBoundsInOurs() {
  std::vector<int> values(4);
  volatile int past = 4;
  return values.data()[past];
}
static int UndefinedInKernel() { return dtmm_faulty_kernel(32); }
static int OutOfBoundsInTree() { return ReadBehind(std::vector<int>(4)); }
static int Sound() { return dtmm_faulty_kernel(3); }

template <int (*kFunction)()>
static napi_value Call(napi_env env, napi_callback_info) {
  napi_value result;
  napi_create_int32(env, kFunction(), &result);
  return result;
}
template <int (*kFunction)()>
static void Export(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, Call<kFunction>, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}
NAPI_MODULE_INIT() {
  Export<OutOfBoundsInOurs>(env, exports, "removeGroups");
  Export<UndefinedInKernel>(env, exports, "solveMasked");
  Export<OutOfBoundsInTree>(env, exports, "closeStatistics");
  Export<Sound>(env, exports, "treeFacts");
  return exports;
}
`;

const kernel = `
int dtmm_faulty_kernel(int shift);
int dtmm_faulty_kernel(int shift) { return 1 << shift; }
`;

const treeSource = `
#include <vector>
int ReadBehind(const std::vector<int>& values);
int ReadBehind(const std::vector<int>& values) {
  volatile int past = 4;
  return values.data()[past];
}
`;

/** Builds the faulty addon below `folder` with the sanitizers of the environment; returns its path. */
export function buildFaultyAddon(folder: string): Promise<string> {
  const root = join(folder, "package");
  writeMiniPackage(root);
  writeFiles(root, { "native/addon.cc": addon, "tflm-kernels/mini.c": kernel });
  symlinkSync(join(packageRoot, "node_modules"), join(root, "node_modules"));
  const tflm = writeMiniTree(join(folder, "tree"));
  writeFiles(tflm.root, { "tensorflow/lite/micro/kernels/faulty.cc": treeSource });
  return ensureAddon({ tflm, packageRoot: root, cacheDir: join(folder, "cache") });
}
