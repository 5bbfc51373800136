import { cpSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/native/paths.js";
import type { TflmTree } from "../../lib/tflm/locate.js";
import { writeFiles, writeTree } from "../tflm/fake-tree.js";

/** Ops of the mini tree's resolver: two with a kernel, one whose kernel is missing, two that take arguments. */
const resolver = `
TfLiteStatus AddAbs() { return AddBuiltin(1, Register_ABS(), ParseAbs); }
TfLiteStatus AddConv2D(
    const Registration& registration = Register_CONV_2D()) {
  return AddBuiltin(2, registration, ParseConv2D);
}
TfLiteStatus AddWindow() { return AddCustom("Window", Register_WINDOW()); }
TfLiteStatus AddCustom(const char* name, Registration* registration) { return list[0]; }
TfLiteStatus AddBuiltin(int op, const Registration& registration, Parser parser) { return 0; }
`;

/**
 * A TFLM tree of a few lines with the traps of real ones: an exporter's renamed macro, a debug_log with arguments, and
 * files that must not be compiled.
 */
export function writeMiniTree(root: string): TflmTree {
  writeTree(root);
  const doNotCompile = "#error this file is not for the host\n";
  writeFiles(join(root, "tensorflow/lite"), {
    "kernels/kernel_util.h": "#ifndef ARDUINO\n#error static memory has another name here\n#endif\n",
    "micro/debug_log.h": '#include <stdarg.h>\nextern "C" void DebugLog(const char* format, va_list args);\n',
    "micro/micro_time.h":
      "namespace tflite { unsigned ticks_per_second(); unsigned GetCurrentTimeTicks(); }\n",
    "micro/micro_mutable_op_resolver.h": resolver,
    "micro/kernels/abs.cc": "int Register_ABS() { return 1; }\n",
    "micro/kernels/conv.cpp": `#include "tensorflow/lite/micro/debug_log.h"
      static void Log(const char* format, ...) {
        va_list args;
        va_start(args, format);
        DebugLog(format, args);
        va_end(args);
      }
      int Register_CONV_2D() { Log("%d layers", 2); return 2; }\n`,
    "micro/debug_log.cc": doNotCompile,
    "micro/kernels/conv_test.cc": doNotCompile,
    "micro/mock_micro_graph.cc": doNotCompile,
  });
  const includeDirs = [join(root, "third_party/flatbuffers/include"), join(root, "third_party/gemmlowp")];
  return { root, includeDirs, label: "mini tree", kind: "dir" };
}

/** The text that the mini addon says: the generated ops, what was logged, and a kernel's number and Eigen's version. */
export const miniText = "AddAbs AddConv2D |2 layers|42|3";

const addon = `
#include <node_api.h>
#include <string>
#include "host/debug_sink.h"
#include "numeric.h"
#include "tensorflow/lite/micro/debug_log.h"
extern "C" int dtmm_mini_kernel(void);
int Register_CONV_2D();
static std::string logged;
extern "C" void dtmm_debug_log(const char* text) { logged += text; }
NAPI_MODULE_INIT() {
  static const char kOps[] =
#define DTMM_ADD_OP(add) #add " "
#include "dtmm_all_ops.inc"
      "";
  Register_CONV_2D();
  const std::string text =
      std::string(kOps) + "|" + logged + "|" + std::to_string(dtmm_mini_kernel()) + "|" + std::to_string(MiniEigen());
  napi_value value;
  napi_create_string_utf8(env, text.c_str(), text.size(), &value);
  napi_set_named_property(env, exports, "text", value);
  return exports;
}
`;

/** A package with the real cmake/ and native/host, and the smallest addon that uses all that they offer. */
export function writeMiniPackage(root: string): void {
  for (const part of ["cmake", "native/host"])
    cpSync(join(packageRoot, part), join(root, part), { recursive: true });
  writeFiles(root, {
    "native/addon.cc": addon,
    "native/numeric.h": "int MiniEigen();\n",
    "native/numeric.cc":
      '#include "numeric.h"\n#include <Eigen/src/Core/util/Macros.h>\nint MiniEigen() { return EIGEN_WORLD_VERSION; }\n',
    "tflm-kernels/manifest.json": JSON.stringify({ version: 1, ops: { MINI: { sources: ["mini.c"] } } }),
    "tflm-kernels/mini.c": "int dtmm_mini_kernel(void);\nint dtmm_mini_kernel(void) { return 42; }\n",
  });
}
