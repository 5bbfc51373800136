// Real models and inputs to measure with; they lie beside the repository and are not part of it.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const data = fileURLToPath(new URL("../../shared/data/", import.meta.url));

const cifar10 = {
  calibration: `${data}cifar10/train_images.npy`,
  eval: `${data}cifar10/eval_images.npy`,
  labels: `${data}cifar10/eval_labels.npy`,
};
/** Labelled training inputs: only the baseline that needs labels gets them. */
const cifar10Labels = { train: cifar10.calibration, trainLabels: `${data}cifar10/train_labels.npy` };

export const models = {
  vgg11: {
    title: "VGG11 already pruned by CHIP, CIFAR-10",
    options: { model: `${data}models/vgg11_cifar10_chip_int8.tflite`, ...cifar10, inputScale: 1 / 255 },
    labelled: cifar10Labels,
  },
  resnet8: {
    title: "ResNet8 of MLPerf Tiny, CIFAR-10",
    options: { model: `${data}models/resnet8_cifar10_int8.tflite`, ...cifar10 },
    labelled: cifar10Labels,
  },
  dscnn: {
    title: "DS-CNN keywords of MLPerf Tiny",
    options: {
      model: `${data}models/dscnn_kws_int8.tflite`,
      calibration: `${data}kws/calibration_features.npy`,
      eval: `${data}kws/eval_features.npy`,
      labels: `${data}kws/eval_labels.npy`,
    },
    labelled: {
      train: `${data}kws/calibration_features.npy`,
      trainLabels: `${data}kws/calibration_labels.npy`,
    },
  },
};

/** The float model that the official int8 ResNet8 was made of. */
export const floatResnet8 = `${data}models/resnet8_cifar10_float32.tflite`;

/** Models that only instructions are counted of. */
export const countedModels = [
  ...Object.values(models).map(({ options }) => options.model),
  `${data}models/mobilenet_vww_int8.tflite`,
];

/** Ends the process with a reason where the data is absent. */
export function requireData() {
  if (existsSync(data)) return;
  console.log("bench: skipped, the models and inputs to measure with are not beside the repository");
  process.exit(0);
}
