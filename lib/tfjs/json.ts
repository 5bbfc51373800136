/** JSON from a file that may be anything. */

/** What the bounds below let through is a few levels of nested models, each some levels of JSON. */
const maxDepth = 200;

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under a key, or an empty one. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** The array under a key, or an empty one. */
export function arrayAt(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}

/**
 * Parses JSON that is an object.
 *
 * @throws Error with the problem in plain words
 */
export function parseObject(text: string): JsonObject {
  if (depthOf(text) > maxDepth) throw new Error(`it nests more than ${maxDepth} levels deep`);
  let value: unknown;
  try {
    // Keys such as __proto__ would change the objects that TF.js collects names in.
    value = JSON.parse(text, (key, item) => (key === "__proto__" ? undefined : item));
  } catch (error) {
    throw new Error(`it is not JSON (${(error as Error).message})`);
  }
  if (!isObject(value)) throw new Error("it is not a JSON object");
  return value;
}

/** Levels of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x5d || char === 0x7d) depth--;
  }
  return deepest;
}
