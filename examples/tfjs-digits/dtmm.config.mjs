export default {
  model: "model/model.json",
  calibration: "data/calibration.npy",
  eval: "data/eval.npy",
  labels: "data/eval_labels.npy",
  // The recordings are bytes 0..255, the network was trained on 0..1.
  inputScale: 1 / 255,
  // The smallest model that loses no more than one point against the int8 model.
  maxAccuracyDrop: 1,
  out: "out",
};
