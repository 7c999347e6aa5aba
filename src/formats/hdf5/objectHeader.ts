import { ByteReader } from "../byteReader.ts";
import { type ByteSource, damaged, unsupported } from "../byteSource.ts";

/** One message of an object's header: what kind of thing it says, and the bytes that say it. */
export interface Message {
  readonly type: number;
  readonly content: Uint8Array;
}

/** The kinds of messages that are read, by their numbers in the format's specification. */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const prefixBytes = 16;
const sharedFlag = 2;

/**
 * The messages of an object (group or dataset) in the first version of HDF5's object headers, which h5py and with it Keras
 * write unless asked for the newest layout.
 *
 * @throws PermafrostError WEIGHTS_INVALID, also for a header that continues in itself.
 */
export function readMessages(source: ByteSource, address: number, where: string): readonly Message[] {
  const prefix = source.bytes(address, Math.min(prefixBytes, Math.max(0, source.size - address)));
  if (prefix.length < prefixBytes) throw damaged(where, `no object header at byte ${address}`);
  if (String.fromCharCode(...prefix.subarray(0, 4)) === "OHDR") throw newerLayout(where);
  if (prefix[0] !== 1) throw damaged(where, `no object header at byte ${address}`);
  const view = new DataView(prefix.buffer, prefix.byteOffset);
  const messages: Message[] = [];
  const blocks = [{ start: address + prefixBytes, length: view.getUint32(8, true) }];
  const seen = new Set<number>();
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    if (seen.has(block.start)) throw damaged(where, `its header leads back to byte ${block.start}`);
    seen.add(block.start);
    for (const message of messagesIn(source.bytes(block.start, block.length), where)) {
      if (message.type === messageTypes.continuation) {
        const reader = new ByteReader(message.content, where);
        blocks.push({ start: reader.uint64(), length: reader.uint64() });
      } else messages.push(message);
    }
  }
  return messages;
}

/** The error for what only the newest layout has. */
export function newerLayout(where: string): Error {
  return unsupported(
    where,
    "it is in HDF5's newest layout (libver='latest' or track_order), which is not read. " +
      `Run "h5repack --low=0 --high=0 old.h5 new.h5", or save the weights again with Keras's defaults`,
  );
}

function* messagesIn(block: Uint8Array, where: string): Generator<Message> {
  const reader = new ByteReader(block, where);
  while (reader.remaining >= 8) {
    const type = reader.uint16();
    const length = reader.uint16();
    const flags = reader.uint8();
    reader.skip(3);
    const content = reader.take(length);
    const isRead: boolean = Object.values<number>(messageTypes).includes(type);
    if (!isRead) continue;
    if ((flags & sharedFlag) !== 0)
      throw unsupported(where, "it shares a data type with others (a named type)");
    // The source's window may move on while the caller keeps the messages.
    yield { type, content: content.slice() };
  }
}
