/** Values as bytes with a checksum in front. */

import { createHash } from "node:crypto";
import { DefaultDeserializer, DefaultSerializer } from "node:v8";

const checksumBytes = 32;

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** SHA-256 of what follows, then the value as V8 serialises it. */
export function encode(value: unknown): Uint8Array {
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(new Uint8Array(checksumBytes));
  serializer.writeHeader();
  serializer.writeValue(value);
  const bytes = serializer.releaseBuffer();
  bytes.set(checksum(bytes.subarray(checksumBytes)));
  return bytes;
}

/** The value that `encode` was given, or undefined where the bytes are not whole. */
export function decode(bytes: Uint8Array): { value: unknown } | undefined {
  const content = bytes.subarray(checksumBytes);
  if (!checksum(content).equals(bytes.subarray(0, checksumBytes))) return undefined;
  try {
    const deserializer = new DefaultDeserializer(content);
    deserializer.readHeader();
    return { value: owned(deserializer.readValue()) };
  } catch {
    // Whole, but in the format of a later V8.
    return undefined;
  }
}

/** The value with typed arrays that have a buffer of their own: V8 leaves them as views of the bytes that it read. */
function owned(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  if (Array.isArray(value)) return value.map(owned);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, owned(item)]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, owned(item)]));
}
