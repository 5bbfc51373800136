import { posix } from "node:path";

const variable = /\$[({][^(){}$]*[)}]/g;

/**
 * Whether a word of a build file, with variables and wildcards in it, can mean a source: `src/*.cc`, `$(SRC)/main.cc`,
 * `${CMAKE_CURRENT_LIST_DIR}/src/main.cc`. A bare name is looked for anywhere, as VPATH does.
 *
 * @param source relative to the build file's folder, with "/" between folders
 */
export function canMean(word: string, source: string): boolean {
  const pattern = word
    .replace(variable, "\0")
    .replace(/^\.\//, "")
    .replace(/[.+^|\\[\](){}$?]/g, "\\$&")
    .replaceAll("**", "\x01")
    .replaceAll("*", "[^/]*")
    .replaceAll("\x01", ".*")
    .replaceAll("\0/", "(?:.*/)?")
    .replaceAll("\0", ".*");
  const whole = new RegExp(`^${pattern}$`);
  return whole.test(source) || (!word.includes("/") && whole.test(posix.basename(source)));
}

/** The words of a text that end like sources, variables in front of them included. */
export function sourceWords(text: string): string[] {
  return text.match(/(?:\$[({][^(){}$\s]*[)}]|[\w./*+-])+\.(?:cc|cpp|cxx|c|ino)\b/g) ?? [];
}

/** Whether one of the words is a source of C++. */
export function namesCpp(words: readonly string[]): boolean {
  return words.some((word) => /\.(cc|cpp|cxx)$/.test(word));
}

/** Whether one of the words is a source of C. */
export function namesC(words: readonly string[]): boolean {
  return words.some((word) => word.endsWith(".c"));
}
