/** Makes .npy files as numpy.save lays them out. */

export interface NpySpec {
  descr: string;
  shape: readonly number[];
  data: Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;
  version?: 1 | 2 | 3;
  fortran?: boolean;
  /** Replaces the whole dictionary. */
  header?: string;
}

export function npyBytes({ descr, shape, data, version = 1, fortran = false, header }: NpySpec): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = fortran ? "True" : "False";
  const dictionary = header ?? `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${axes}), }`;
  const start = version === 1 ? 10 : 12;
  const padded = `${dictionary.padEnd(Math.ceil((start + dictionary.length + 1) / 64) * 64 - start - 1)}\n`;
  const bytes = Buffer.alloc(start + padded.length + data.byteLength);
  bytes.write("\x93NUMPY", 0, "latin1");
  bytes[6] = version;
  if (version === 1) bytes.writeUInt16LE(padded.length, 8);
  else bytes.writeUInt32LE(padded.length, 8);
  bytes.write(padded, start, "latin1");
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + padded.length);
  return new Uint8Array(bytes);
}
