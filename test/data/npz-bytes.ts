/** Makes zip archives as numpy.savez (stored) and savez_compressed (deflated) write them, and dishonest ones. */

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  name: string;
  content: Uint8Array;
  compressed?: boolean;
  /** What the directory says of the unpacked length, where that is to be a lie. */
  claimedLength?: number;
}

export function zipBytes(members: readonly ZipMember[]): Uint8Array {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { name, content, compressed = false, claimedLength = content.length } = member;
    const data = compressed ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(compressed ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(claimedLength, 18);
    common.writeUInt16LE(name.length, 22);
    bodies.push(Buffer.from("PK\x03\x04"), common, Buffer.from(name), Buffer.from(data));
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), common, rest, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...directory, Buffer.from("PK\x05\x06"), end]);
}
