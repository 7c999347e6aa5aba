import { type ByteSource, damaged, unsupported } from "../byteSource.ts";

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** Whether a file starts as HDF5 does. */
export function isHdf5(start: Uint8Array): boolean {
  return signature.every((byte, index) => start[index] === byte);
}

/**
 * The address of the root group's header.
 *
 * @throws PermafrostError WEIGHTS_INVALID for a file that is cut off or has another word size than 8 bytes.
 */
export function readRootAddress(source: ByteSource): number {
  const head = source.bytes(0, Math.min(96, source.size));
  if (!isHdf5(head)) throw damaged(source.name, "it does not start as HDF5 does");
  if (head.length < 96) throw damaged(source.name, `only ${head.length} bytes`);
  const view = new DataView(head.buffer, head.byteOffset);
  const version = head[8]!;
  if (version > 3) throw unsupported(source.name, `HDF5 superblock version ${version}; 0 to 3 are read`);
  const isFirst = version < 2;
  const [offsetBytes, lengthBytes] = isFirst ? [head[13], head[14]] : [head[9], head[10]];
  if (offsetBytes !== 8 || lengthBytes !== 8) {
    throw unsupported(
      source.name,
      `addresses of ${offsetBytes} and lengths of ${lengthBytes} bytes; only 8 are read`,
    );
  }
  const start = isFirst ? (version === 0 ? 24 : 28) : 12;
  if (view.getBigUint64(start, true) !== 0n)
    throw unsupported(source.name, "HDF5 that does not start at byte 0");
  const end = Number(view.getBigUint64(start + 16, true));
  if (end > source.size)
    throw damaged(source.name, `it should have ${end} bytes and has ${source.size}: it is cut off`);
  return Number(view.getBigUint64(isFirst ? start + 40 : 36, true));
}
