import { entry } from "./entry.js";

/** Errors of the work itself: pruning, packing, validating, and the native part that does it. */
export const workErrors = {
  // import
  NARROWING_INEXACT: entry<{ path: string; differing: number; outputs: number; samples: number }>({
    exit: 4,
    message: (d) =>
      `without its dead channels, ${d.path} gives ${d.differing} of ${d.outputs} outputs differently on ${d.samples} inputs in this TFLM tree`,
    hint: () =>
      "This is a bug in dtmm. Nothing was written. Please report it with the model and the TFLM tree.",
  }),
  // importance
  NOTHING_TO_PRUNE: entry<{ path: string; reasons: readonly string[] }>({
    exit: 2,
    message: (d) => `${d.path} has no layer that can be pruned: ${d.reasons.join("; ")}`,
    hint: () =>
      "CONV_2D and FULLY_CONNECTED layers are pruned that have a bias and constants of their own, and that a gradient reaches.",
  }),
  // schedule
  LIMIT_OUT_OF_REACH: entry<{
    limit: string;
    value: number;
    left: number;
    excess: number;
    unit: string;
    binds: string;
  }>({
    exit: 1,
    message: (d) =>
      `${d.limit} of ${d.value} ${d.unit} cannot be met: with all pruned that may be, ${d.left} are left, ${d.excess} too many: ${d.binds}`,
    hint: (d) => `Nothing was written. Raise the limit to ${d.left} or more, or start from a smaller model.`,
  }),
  // pack
  PACKED_LAYER_INVALID: entry<{ reason: string }>({
    exit: 2,
    message: (d) => `cannot read a packed layer of the model: ${d.reason}`,
    hint: () => "Pack the dense model again with `dtmm prune`.",
  }),
  // validate
  MODELS_NOT_COMPARABLE: entry<{ path: string; against: string; reason: string }>({
    exit: 2,
    message: (d) => `${d.path} cannot be held against ${d.against}: ${d.reason}`,
    hint: () => "Give the dense model that the pruned one was made from with --against.",
  }),
  // compare
  COMPARE_DAMAGED: entry<{ path: string }>({
    exit: 2,
    message: (d) => `${d.path} is not what a comparison leaves`,
    hint: () => "Remove the file; the same command measures that part again.",
  }),
  COMPARE_INCOMPLETE: entry<{ missing: number; all: number; first: string }>({
    exit: 1,
    message: (d) => `${d.missing} of ${d.all} parts are in none of the folders, the first is ${d.first}`,
    hint: () =>
      "Give the folders of all shards, each of them finished, and the very options that the shards had.",
  }),
  // board
  BOARD_TOOL_MISSING: entry<{ tool: string; package: string }>({
    exit: 3,
    message: (d) => `${d.tool} is not installed; programs for an emulated board need it`,
    hint: (d) => `Install it (\`apt-get install ${d.package} libnewlib-arm-none-eabi\`).`,
  }),
  BOARD_BUILD_FAILED: entry<{ core: string; tail: string[] }>({
    exit: 3,
    message: (d) => `a program for the ${d.core} could not be built:\n  ${d.tail.join("\n  ")}`,
    hint: () => "GCC 12 or later for arm-none-eabi with newlib and its C++ library is needed.",
  }),
  BOARD_DIFFERS: entry<{ core: string }>({
    exit: 4,
    message: (d) => `a model gave other outputs on the emulated ${d.core} than on this machine`,
    hint: () => "This is a bug in dtmm. Please report it with the model.",
  }),
  BOARD_RUN_FAILED: entry<{ core: string; exitCode: number; tail: string[] }>({
    exit: 3,
    message: (d) => `the emulated ${d.core} stopped with exit code ${d.exitCode}: ${d.tail.join("; ")}`,
    hint: () => "QEMU 7.2 or later is needed. A model may also need more memory than the emulated board has.",
  }),
  CMSIS_NN_INVALID: entry<{ dir: string; reason: string }>({
    exit: 2,
    message: (d) => `${d.dir} is no CMSIS-NN: ${d.reason}`,
    hint: () => "Name a checkout of github.com/ARM-software/CMSIS-NN, version 7 or later, with --cmsis-nn.",
  }),
  // native
  TFLM_DIR_INVALID: entry<{ dir: string; origin: string; reason: string }>({
    exit: 2,
    message: (d) => `${d.dir} (from ${d.origin}) is no TFLM tree: ${d.reason}`,
    hint: () => "Name the folder that contains tensorflow/lite/micro, or one that encloses it.",
  }),
  TFLM_HEADERS_MISSING: entry<{
    root: string;
    missing: string[];
    looked: string[];
    /** The Makefile below the root that downloads them, where the tree has it. */
    makefile: string | undefined;
  }>({
    exit: 2,
    message: (d) =>
      `the TFLM tree ${d.root} lacks ${d.missing.join(" and ")}; looked in ${d.looked.join(", ")} and the tree's root`,
    hint: (d) =>
      `${d.makefile ? `Run \`make -f ${d.makefile} third_party_downloads\` in the tree, or name` : "Name"} a folder that has them, such as another tree's third_party, with --tflm-third-party or TFLM_THIRD_PARTY_DIR.`,
  }),
  TFLM_TREE_UNSUITABLE: entry<{ root: string; reason: string }>({
    exit: 2,
    message: (d) => `the TFLM tree ${d.root} cannot prove models on this machine: ${d.reason}`,
    hint: () =>
      "The kernels that dtmm writes out compile with it all the same. Name a tree with sources by --tflm, best of the same age.",
  }),
  TFLM_THIRD_PARTY_INVALID: entry<{ dir: string; origin: string }>({
    exit: 2,
    message: (d) => `${d.dir} (from ${d.origin}) is no folder`,
    hint: () => "Name a folder that holds flatbuffers, gemmlowp and ruy, such as a tree's third_party.",
  }),
  TFLM_ARCHIVE_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot unpack the TFLM archive ${d.path}: ${d.reason}`,
    hint: () => "Check that the path exists and that it is a whole .tar.gz.",
  }),
  TFLM_ARCHIVE_UNPINNED: entry<{ path: string; actual: string }>({
    exit: 2,
    message: (d) =>
      `the TFLM archive ${d.path} comes without a SHA-256 to check it against; it is ${d.actual}`,
    hint: (d) => `In dtmm.config: tflm: { archive: ${JSON.stringify(d.path)}, sha256: "${d.actual}" }.`,
  }),
  TFLM_ARCHIVE_CHECKSUM: entry<{ path: string; expected: string; actual: string }>({
    exit: 2,
    message: (d) => `the TFLM archive ${d.path} has SHA-256 ${d.actual}, expected ${d.expected}`,
    hint: () => "Get the archive again, or correct tflm.sha256 if the archive was meant to change.",
  }),
  TFLM_ARCHIVE_UNSAFE: entry<{ path: string; entry: string; reason: string }>({
    exit: 2,
    message: (d) =>
      `the TFLM archive ${d.path} is refused because of its entry ${JSON.stringify(d.entry)}: ${d.reason}`,
    hint: () => "Unpack and check it yourself, then pass the folder with --tflm.",
  }),
  CARGO_MISSING: entry<{ crate: string }>({
    exit: 3,
    message: (d) => `cargo is not installed; it brings the default TFLM tree (crate ${d.crate})`,
    hint: () =>
      "Install it (rustup, or `apt-get install cargo`), or name a TFLM tree of your own with --tflm or TFLM_DIR.",
  }),
  CARGO_FAILED: entry<{ crate: string; tail: string[] }>({
    exit: 3,
    message: (d) => `cargo could not bring the crate ${d.crate}:\n  ${d.tail.join("\n  ")}`,
    hint: () =>
      "Check the network and cargo's registry settings, or name a TFLM tree with --tflm or TFLM_DIR.",
  }),
  CACHE_UNWRITABLE: entry<{ dir: string; reason: string }>({
    exit: 3,
    message: (d) => `cannot write to the cache folder ${d.dir}: ${d.reason}`,
    hint: () => "Set DTMM_CACHE_DIR to a folder that may be written to.",
  }),
  COMPILER_MISSING: entry<{ language: string; looked: string[] }>({
    exit: 3,
    message: (d) => `no working ${d.language} compiler: tried ${d.looked.join(", ")}`,
    hint: () => "Install one (`apt-get install g++`), or set CC and CXX.",
  }),
  CMAKE_MISSING: entry<Record<string, never>>({
    exit: 3,
    message: () => "cmake is not installed; it builds the TFLM interpreter on first use",
    hint: () => "Install CMake 3.19 or later (`apt-get install cmake`).",
  }),
  BUILD_TOOL_MISSING: entry<Record<string, never>>({
    exit: 3,
    message: () =>
      "neither ninja nor make is installed; one of them builds the TFLM interpreter on first use",
    hint: () => "Install one (`apt-get install make`).",
  }),
  EIGEN_MISSING: entry<{ looked: string[] }>({
    exit: 3,
    message: (d) => `the Eigen headers are not installed: no Eigen/Core in ${d.looked.join(", ")}`,
    hint: () => "Install them (`apt-get install libeigen3-dev`), or set EIGEN3_INCLUDE_DIR.",
  }),
  NATIVE_BUILD_FAILED: entry<{ tree: string; tail: string[]; log: string }>({
    exit: 3,
    message: (d) => `the TFLM tree ${d.tree} could not be built:\n  ${d.tail.join("\n  ")}`,
    hint: (d) => `The whole output is in ${d.log}. A newer compiler or another tree (--tflm) may do.`,
  }),
  NATIVE_LOAD_FAILED: entry<{ path: string; reason: string }>({
    exit: 3,
    message: (d) => `the built addon ${d.path} cannot be loaded: ${d.reason}`,
    hint: () =>
      "The TFLM tree may lack sources that it refers to. If the file loaded before, delete it to have it built anew.",
  }),
  NATIVE_CRASHED: entry<{ function: string; how: string; detail: string }>({
    exit: 2,
    message: (d) => `the TFLM interpreter crashed in ${d.function} (${d.how}) on this model${d.detail}`,
    hint: () =>
      "The checks in front of TFLM passed this model, but this TFLM tree does not survive it. Try another tree.",
  }),
  NATIVE_FAULT: entry<{ function: string; how: string; detail: string }>({
    exit: 4,
    message: (d) => `the native code crashed in ${d.function} (${d.how})${d.detail}`,
    hint: () => "This is a bug in dtmm. Please report it with the command line and the output of --debug.",
  }),
  NATIVE_TIMEOUT: entry<{ function: string; seconds: number }>({
    exit: 2,
    message: (d) => `${d.function} did not end within ${d.seconds} s and was stopped`,
    hint: () => "The TFLM tree may hang on this model; if the machine is merely slow, use fewer samples.",
  }),
  NATIVE_REJECTED: entry<{ function: string; code: string; text: string }>({
    exit: 2,
    message: (d) => `${d.function} was refused (${d.code}): ${d.text}`,
    hint: () => "The text is TFLM's own. The model may use an operator or a type that this TFLM tree lacks.",
  }),
  // anywhere
  INTERNAL: entry<{ what: string }>({
    exit: 4,
    message: (d) => `internal error: ${d.what}`,
    hint: () => "This is a bug in dtmm. Please report it with the command line and the output of --debug.",
  }),
};
