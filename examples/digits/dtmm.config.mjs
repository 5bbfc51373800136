export default {
  model: "model/digits_int8.tflite",
  calibration: "data/calibration.npy",
  eval: "data/eval.npy",
  labels: "data/eval_labels.npy",
  // The recordings are bytes 0..255, the network was trained on 0..1.
  inputScale: 1 / 255,
  // The smallest model that loses no more than one point on the held-out digits.
  maxAccuracyDrop: 1,
  out: "src/model",
  arrayName: "g_model",
  // The kernels are registered in the op resolver and built by the Makefile.
  patch: true,
  resolver: "src/main.cc",
  glue: "make",
};
