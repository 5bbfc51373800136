import { createHash, type Hash } from "node:crypto";

/**
 * SHA-256 of a value made of plain objects, arrays, Maps, typed arrays, strings, numbers, bigints, booleans, null and
 * undefined, in hexadecimal digits. It depends on the contents only: not on the order of an object's keys, nor on the
 * buffer that a typed array lies in; a key without a value is no key.
 *
 * @throws TypeError for functions, symbols and instances of classes, whose contents are no value
 */
export function fingerprint(value: unknown): string {
  const hash = createHash("sha256");
  feed(hash, value);
  return hash.digest("hex");
}

/** Every part goes in with its kind and its length, so that none can run into the next. */
function feed(hash: Hash, value: unknown): void {
  if (typeof value === "string") {
    hash.update(`string ${Buffer.byteLength(value)} `).update(value);
  } else if (ArrayBuffer.isView(value)) {
    const kind = Object.prototype.toString.call(value);
    hash.update(`${kind} ${value.byteLength} `);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(`array ${value.length} `);
    for (const item of value) feed(hash, item);
  } else if (value instanceof Map) {
    hash.update("map ");
    feed(hash, [...value]);
  } else if (typeof value === "object" && value !== null) {
    feedObject(hash, value);
  } else if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(`a ${typeof value} has no fingerprint`);
  } else {
    hash.update(`${typeof value} ${Object.is(value, -0) ? "-0" : String(value)} `);
  }
}

function feedObject(hash: Hash, value: object): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an instance of ${value.constructor.name} has no fingerprint`);
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(`object ${entries.length} `);
  for (const [key, item] of entries) {
    feed(hash, key);
    feed(hash, item);
  }
}
