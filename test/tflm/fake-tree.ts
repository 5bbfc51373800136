import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "dtmm-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, given by path relative to `folder`, and the folders they need. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
}

/** The few files by which a TFLM tree is recognised, with its third-party headers in the given folder. */
export function writeTree(root: string, thirdParty = "third_party"): void {
  writeFiles(root, {
    "tensorflow/lite/micro/micro_interpreter.h": "namespace tflite {\n",
    "tensorflow/lite/micro/micro_interpreter.cc": "// interpreter\n",
    [`${thirdParty}/flatbuffers/include/flatbuffers/flatbuffers.h`]: "// flatbuffers\n",
    [`${thirdParty}/gemmlowp/fixedpoint/fixedpoint.h`]: "// gemmlowp\n",
  });
}
