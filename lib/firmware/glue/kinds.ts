/** The build systems that dtmm brings its sources into. */
export const glueKinds = ["none", "make", "cmake", "esp-idf", "zephyr", "arduino", "platformio"] as const;

export type GlueKind = (typeof glueKinds)[number];

/** Where the parts of the output folder lie, relative to it. */
export interface OutputLayout {
  /** Folder of the model's C array; empty for the output folder itself. */
  model: string;
  /** Folder of the kernels. */
  kernels: string;
  /** Extension of C++ sources. */
  cpp: ".cc" | ".cpp";
}

/**
 * The layout that a build system wants. Arduino and PlatformIO compile what lies in a library's `src` and find headers
 * only in it; older Arduino builders do not know the extension .cc.
 */
export function layoutOf(kind: GlueKind): OutputLayout {
  if (kind === "arduino" || kind === "platformio") return { model: "src", kernels: "src", cpp: ".cpp" };
  return { model: "", kernels: "kernels", cpp: ".cc" };
}

/** A path of the package's own sources in a layout: the extension of C++ is the layout's. */
export function inLayout(folder: string, file: string, { cpp }: OutputLayout): string {
  const name = file.replace(/\.cc$/, cpp);
  return folder === "" ? name : `${folder}/${name}`;
}
