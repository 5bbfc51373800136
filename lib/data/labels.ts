import { dtmmError } from "../errors/index.js";
import { readNpy, shapeText } from "./npy.js";

/**
 * Loads the classes of `samples` evaluation inputs: an integer array [samples] (or [samples, 1], as some data sets
 * have it) with values 0..classes-1.
 *
 * @throws DATA_UNREADABLE, NPY_*, LABELS_SHAPE, LABELS_LENGTH, LABELS_VALUE
 */
export async function loadLabels(path: string, samples: number, classes: number): Promise<Int32Array> {
  const { type, shape, data } = await readNpy(path);
  if (type === "float32" || type === "float64") {
    throw dtmmError("NPY_DTYPE", { path, dtype: type, supported: "uint8, int8, int16, int32, int64" });
  }
  if (shape.length !== 1 && !(shape.length === 2 && shape[1] === 1)) {
    throw dtmmError("LABELS_SHAPE", { path, shape: shapeText(shape) });
  }
  if (data.length !== samples) throw dtmmError("LABELS_LENGTH", { path, labels: data.length, samples });
  return Int32Array.from({ length: samples }, (_, at) => {
    const value = Number(data[at]);
    if (value < 0 || value >= classes) {
      throw dtmmError("LABELS_VALUE", { path, at, value: String(data[at]), classes });
    }
    return value;
  });
}
