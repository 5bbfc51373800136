/**
 * A uint8 array as the bytes of a .npy file, version 1.0 (numpy.lib.format): magic, header length, a Python literal
 * padded with spaces so that the data begins at a multiple of 64, the data in C order.
 */
export function npyBytes(shape, data) {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length)
    throw new RangeError(`shape [${shape}] holds ${count} bytes, data ${data.length}`);
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const facts = `{'descr': '|u1', 'fortran_order': False, 'shape': (${axes}), }`;
  const headerLength = Math.ceil((10 + facts.length + 1) / 64) * 64 - 10;
  const prefix = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  prefix.writeUInt16LE(headerLength, 8);
  return Buffer.concat([prefix, Buffer.from(`${facts.padEnd(headerLength - 1)}\n`, "latin1"), data]);
}
