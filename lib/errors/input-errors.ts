import { entry } from "./entry.js";

/** Errors in what the user gives: the command line, the config file, models, inputs and labels. */
export const inputErrors = {
  // usage
  USAGE: entry<{ problem: string; command: string }>({
    exit: 2,
    message: (d) => d.problem,
    hint: (d) => `See \`${d.command} --help\`.`,
  }),
  UNKNOWN_COMMAND: entry<{ command: string; nearest?: string; known: string[] }>({
    exit: 2,
    message: (d) => `there is no command "${d.command}"`,
    hint: (d) => (d.nearest ? `Did you mean ${d.nearest}?` : `The commands are ${d.known.join(", ")}.`),
  }),
  UNKNOWN_FLAG: entry<{ flag: string; command: string; nearest?: string }>({
    exit: 2,
    message: (d) => `${d.command} has no flag ${d.flag}`,
    hint: (d) => (d.nearest ? `Did you mean ${d.nearest}?` : `See \`${d.command} --help\`.`),
  }),
  UNKNOWN_CONFIG_KEY: entry<{ key: string; where: string; nearest?: string }>({
    exit: 2,
    message: (d) => `unknown key "${d.key}" in ${d.where}`,
    hint: (d) => (d.nearest ? `Did you mean "${d.nearest}"?` : "docs/cli.md lists every key."),
  }),
  CONFIG_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot read the config file ${d.path}: ${d.reason}`,
    hint: () => "Correct the file; it must export or contain one object whose keys are those of docs/cli.md.",
  }),
  OPTION_VALUE: entry<{ where: string; expects: string; value: string; nearest?: string }>({
    exit: 2,
    message: (d) => `${d.where} expects ${d.expects}, not ${d.value}`,
    hint: (d) => (d.nearest ? `Did you mean ${d.nearest}?` : "Correct the value."),
  }),
  OPTION_MISSING: entry<{ what: string; command: string; remedy: string }>({
    exit: 2,
    message: (d) => `${d.command} needs ${d.what}`,
    hint: (d) => d.remedy,
  }),
  OPTION_CONFLICT: entry<{ first: string; second: string }>({
    exit: 2,
    message: (d) => `${d.first} and ${d.second} exclude each other`,
    hint: () => "Give one of the two.",
  }),
  // import
  MODEL_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot read the model ${d.path}: ${d.reason}`,
    hint: () => "Check the path given with --model and its permissions.",
  }),
  MODEL_EMPTY: entry<{ path: string }>({
    exit: 2,
    message: (d) => `the model ${d.path} is empty`,
    hint: () => "Export the model again; the last export or copy did not finish.",
  }),
  MODEL_ARRAY_NOT_FOUND: entry<{ path: string; line?: number; reason: string }>({
    exit: 2,
    message: (d) =>
      `no model can be read from ${d.path}${d.line === undefined ? "" : `:${d.line}`}: ${d.reason}`,
    hint: () =>
      "A model in C is one array of bytes with its numbers between the braces. Name the source that holds it, or a .tflite file.",
  }),
  MODEL_ARRAY_AMBIGUOUS: entry<{ path: string; arrays: string[] }>({
    exit: 2,
    message: (d) => `several arrays in ${d.path} hold a model: ${d.arrays.join(", ")}`,
    hint: () => "Pick one with --array-name.",
  }),
  MODEL_DENSE_MISSING: entry<{ path: string; dense: string; reason: string }>({
    exit: 2,
    message: (d) =>
      `${d.path} holds a pruned model, and the dense one cannot be read from ${d.dense}: ${d.reason}`,
    hint: () =>
      "`dtmm prune` starts from the dense model. Bring the file back from version control, or `dtmm patch --undo` first.",
  }),
  MODEL_TOO_LARGE: entry<{ path: string; bytes: number; limit: number }>({
    exit: 2,
    message: (d) => `the model ${d.path} has ${d.bytes} bytes, the limit is ${d.limit}`,
    hint: () => "dtmm works on models for microcontrollers. Check that --model names the .tflite file.",
  }),
  MODEL_NOT_TFLITE: entry<{ model: string; found: string }>({
    exit: 2,
    message: (d) =>
      `${d.model} is not a .tflite model: expected the file identifier "TFL3", found ${d.found}`,
    hint: () =>
      "Give the .tflite file that the TensorFlow Lite converter wrote, not a Keras, ONNX or C source file.",
  }),
  MODEL_CORRUPT: entry<{ model: string; field: string; offset: number; problem: string }>({
    exit: 2,
    message: (d) => `${d.model} is broken at ${d.field} (byte ${d.offset}): ${d.problem}`,
    hint: () => "The file is truncated or damaged. Copy or export it again.",
  }),
  MODEL_UNKNOWN_FIELD: entry<{ model: string; field: string; offset: number; table: string; slot: number }>({
    exit: 2,
    message: (d) =>
      `${d.model} has a field that dtmm does not know: slot ${d.slot} of table ${d.table} at ${d.field} (byte ${d.offset})`,
    hint: () =>
      "The file is damaged, or written for a newer schema. dtmm refuses it rather than lose the field.",
  }),
  MODEL_UNKNOWN_VALUE: entry<{ model: string; field: string; offset: number; kind: string; value: number }>({
    exit: 2,
    message: (d) =>
      `${d.model}: ${d.field} (byte ${d.offset}) is ${d.value}, which is no ${d.kind} of the TFLite schema`,
    hint: () => "The file is damaged, or written for a newer schema.",
  }),
  MODEL_NOT_WRITABLE: entry<{ field: string; problem: string }>({
    exit: 4,
    message: (d) => `cannot write the model: ${d.field} ${d.problem}`,
    hint: () => "This is a bug in dtmm. Please report it with the command line and the output of --debug.",
  }),
  MODEL_INVALID: entry<{ model: string; field: string; problem: string }>({
    exit: 2,
    message: (d) => `${d.model} is not a valid model: ${d.field} ${d.problem}`,
    hint: () => "The interpreter would fail or read out of bounds on it. Export the model again.",
  }),
  MODEL_SUBGRAPHS: entry<{ model: string; count: number }>({
    exit: 2,
    message: (d) => `${d.model} has ${d.count} subgraphs, expected exactly 1`,
    hint: () =>
      "Models with control flow (IF, WHILE, CALL_ONCE) are not supported: export the inference graph alone.",
  }),
  MODEL_INPUTS_OUTPUTS: entry<{ model: string; inputs: number; outputs: number }>({
    exit: 2,
    message: (d) => `${d.model} has ${d.inputs} inputs and ${d.outputs} outputs, expected 1 of each`,
    hint: () => "Export the model with a single input tensor and a single output tensor.",
  }),
  MODEL_NOT_INT8: entry<{ model: string; field: string; what: string; type: string }>({
    exit: 2,
    message: (d) => `${d.model} is not an int8 model: ${d.what} (${d.field}) is ${d.type}`,
    hint: () =>
      "Convert it with post-training int8 quantization: converter.optimizations = [tf.lite.Optimize.DEFAULT], a representative_dataset, target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8] and inference_input_type = inference_output_type = tf.int8.",
  }),
  QUANTISE_OPERATORS: entry<{ path: string; operators: readonly string[]; known: readonly string[] }>({
    exit: 2,
    message: (d) => `${d.path} cannot be quantised: ${d.operators.join(", ")}`,
    hint: (d) => `Operators that can be: ${d.known.join(", ")}.`,
  }),
  QUANTISE_NOT_FINITE: entry<{ path: string; field: string; at: number }>({
    exit: 2,
    message: (d) => `${d.path} has a constant that is no number: ${d.field}, element ${d.at}`,
    hint: () => "Export the model again: its training may have diverged.",
  }),
  MODEL_EDGE_NOT_INT8: entry<{ model: string; field: string; what: string; type: string }>({
    exit: 2,
    message: (d) => `the weights of ${d.model} are int8, but ${d.what} (${d.field}) is ${d.type}`,
    hint: () =>
      "Convert it with converter.inference_input_type = converter.inference_output_type = tf.int8. Float32 edges behind a QUANTIZE and before a DEQUANTIZE are taken too.",
  }),
  MODEL_WITHOUT_CONV: entry<{ model: string; operators: string }>({
    exit: 2,
    message: (d) =>
      `${d.model} has no CONV_2D and no FULLY_CONNECTED, so there is nothing to prune; its operators are ${d.operators}`,
    hint: () => "CONV_2D and FULLY_CONNECTED layers are pruned. Use a model that has some.",
  }),
  MODEL_DYNAMIC_SHAPE: entry<{ model: string; field: string; shape: string }>({
    exit: 2,
    message: (d) => `${d.model} has a dynamic shape: ${d.field} is ${d.shape}`,
    hint: () => "TFLM needs fixed shapes and a batch of 1. Export the model with a fixed input shape.",
  }),
  MODEL_ALREADY_PACKED: entry<{ model: string; field: string; operator: string }>({
    exit: 2,
    message: (d) => `${d.model} is already pruned: ${d.field} is ${d.operator}`,
    hint: () => "Prune the original dense model; `dtmm validate` and `dtmm inspect` take the pruned one.",
  }),
  MODEL_CUSTOM_OPERATOR: entry<{ model: string; field: string; operator: string }>({
    exit: 2,
    message: (d) => `${d.model} uses the custom operator ${d.operator} at ${d.field}`,
    hint: () =>
      "The interpreter on the host has no kernel for it. Export the model with builtin operators only.",
  }),
  MODEL_WEIGHTS_NOT_CONSTANT: entry<{ model: string; field: string; operator: string }>({
    exit: 2,
    message: (d) => `${d.model}: the weights of the ${d.operator} at ${d.field} are not a constant`,
    hint: () => "Freeze the weights into the model when you export it.",
  }),
  // data
  DATA_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `cannot read ${d.path}: ${d.reason}`,
    hint: () => "Check the path and its permissions.",
  }),
  NPY_NOT_NPY: entry<{ path: string }>({
    exit: 2,
    message: (d) => `${d.path} is not a .npy file: it does not begin with \\x93NUMPY`,
    hint: () =>
      "Save the array with numpy.save; other kinds of data are told by the end of their name (docs/data.md).",
  }),
  NPY_HEADER: entry<{ path: string; problem: string }>({
    exit: 2,
    message: (d) => `the header of ${d.path} is damaged: ${d.problem}`,
    hint: () => "Save the array again with numpy.save.",
  }),
  NPY_FORTRAN_ORDER: entry<{ path: string }>({
    exit: 2,
    message: (d) => `${d.path} holds an array in Fortran order`,
    hint: () => "Save numpy.ascontiguousarray(array) instead.",
  }),
  NPY_DTYPE: entry<{ path: string; dtype: string; supported: string }>({
    exit: 2,
    message: (d) => `${d.path} holds elements of type ${d.dtype}`,
    hint: (d) => `Save the array as one of ${d.supported}, for example array.astype("float32").`,
  }),
  NPY_SIZE: entry<{ path: string; shape: string; expected: string; actual: number }>({
    exit: 2,
    message: (d) =>
      `${d.path}: shape ${d.shape} needs ${d.expected} bytes of data, but the file has ${d.actual}`,
    hint: () => "The file is truncated or has bytes to spare; copy or save it again.",
  }),
  MODELS_LIST: entry<{ path: string; reason: string }>({
    exit: 2,
    message: (d) => `${d.path} is no list of models: ${d.reason}`,
    hint: () =>
      'Write a JSON array of objects such as { "name": "a", "model": "a.tflite", "calibration": "a.npy" }.',
  }),
  INPUT_NOT_SUPPORTED: entry<{ type: string }>({
    exit: 2,
    message: (d) => `the model's input is of type ${d.type}`,
    hint: () => "Inputs are made for int8 and float32 ones; convert the model with one of these.",
  }),
  INPUT_SHAPE: entry<{ path: string; shape: string; expected: string }>({
    exit: 2,
    message: (d) => `${d.path} has shape ${d.shape}, but the model's input needs ${d.expected}`,
    hint: () =>
      "The first axis counts the samples, the others are those of the model's input without its batch; of CSV and modules, their number.",
  }),
  INPUT_EMPTY: entry<{ path: string }>({
    exit: 2,
    message: (d) => `${d.path} holds no samples`,
    hint: () => "Give an array with at least one sample.",
  }),
  INPUT_NOT_FINITE: entry<{ path: string; value: string; sample: number }>({
    exit: 2,
    message: (d) => `${d.path} has ${d.value} in sample ${d.sample}`,
    hint: () => "Remove NaN and infinite values from the inputs.",
  }),
  LABELS_SHAPE: entry<{ path: string; shape: string }>({
    exit: 2,
    message: (d) => `${d.path} has shape ${d.shape}, but labels need one axis: [samples]`,
    hint: () => "Give one class number a sample; one-hot labels become numbers by labels.argmax(axis=1).",
  }),
  LABELS_LENGTH: entry<{ path: string; labels: number; samples: number }>({
    exit: 2,
    message: (d) => `${d.path} holds ${d.labels} labels for ${d.samples} inputs`,
    hint: () => "Give exactly one label for every input, in the same order.",
  }),
  LABELS_VALUE: entry<{ path: string; at: number; value: string; classes: number }>({
    exit: 2,
    message: (d) =>
      `${d.path}[${d.at}] is ${d.value}, but the model has ${d.classes} classes, counted from 0`,
    hint: () =>
      "Labels are indices of the model's output; check their order and that --labels belongs to this model.",
  }),
};
