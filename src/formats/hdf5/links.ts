import { ByteReader } from "../byteReader.ts";
import { type ByteSource, damaged } from "../byteSource.ts";

const nodeBytes = 24;
const symbolBytes = 40;
const maxNameBytes = 1024;
const softLink = 2;

/**
 * The names in a group and the addresses of their objects: a B-tree of symbol tables, with the names in a heap.
 *
 * @param seen - Addresses of the nodes read so far in this file: each belongs to one group only.
 * @throws PermafrostError WEIGHTS_INVALID, also for a tree that leads back to itself.
 */
export function readLinks(
  source: ByteSource,
  symbolTable: Uint8Array,
  seen: Set<number>,
  where: string,
): ReadonlyMap<string, number> {
  const reader = new ByteReader(symbolTable, where);
  const tree = reader.uint64();
  const nameAt = heapOf(source, reader.uint64(), where);
  const links = new Map<string, number>();
  for (const table of leavesOf(source, tree, seen, where)) {
    for (const { nameOffset, address } of symbolsIn(source, table, where)) {
      const name = nameAt(nameOffset);
      if (links.has(name)) throw damaged(where, `two things in it are named ${JSON.stringify(name)}`);
      links.set(name, address);
    }
  }
  return links;
}

function heapOf(source: ByteSource, address: number, where: string): (offset: number) => string {
  const header = signed(source, address, "HEAP", 32, where);
  header.skip(8);
  const size = header.uint64();
  header.skip(8);
  const start = header.uint64();
  source.bytes(start, size);
  return (offset) => {
    if (!(offset < size)) throw damaged(where, `a name at byte ${offset} of its ${size} bytes of names`);
    const bytes = source.bytes(start + offset, Math.min(maxNameBytes, size - offset));
    const end = bytes.indexOf(0);
    if (end < 1) throw damaged(where, "a name in it is empty or does not end");
    const name = new TextDecoder().decode(bytes.subarray(0, end));
    if (name.includes("/")) throw damaged(where, `the name ${JSON.stringify(name)} in it`);
    return name;
  };
}

/** The addresses of the symbol tables at the leaves of a group's B-tree. */
function leavesOf(source: ByteSource, root: number, seen: Set<number>, where: string): readonly number[] {
  const leaves: number[] = [];
  const visit = (address: number, above: number) => {
    if (seen.has(address)) throw damaged(where, `its tree reaches byte ${address} twice`);
    seen.add(address);
    const head = signed(source, address, "TREE", nodeBytes, where);
    head.skip(4);
    const [type, level, count] = [head.uint8(), head.uint8(), head.uint16()];
    if (type !== 0 || level >= above) throw damaged(where, `a wrong node in its tree at byte ${address}`);
    const entries = new ByteReader(source.bytes(address + nodeBytes, 8 + 16 * count).slice(), where);
    for (let index = 0; index < count; index++) {
      entries.skip(8);
      const child = entries.uint64();
      if (level > 0) visit(child, level);
      else if (seen.has(child)) throw damaged(where, `its tree reaches byte ${child} twice`);
      else {
        seen.add(child);
        leaves.push(child);
      }
    }
  };
  visit(root, 256);
  return leaves;
}

function* symbolsIn(
  source: ByteSource,
  address: number,
  where: string,
): Generator<{ readonly nameOffset: number; readonly address: number }> {
  const head = signed(source, address, "SNOD", 8, where);
  head.skip(6);
  const count = head.uint16();
  const reader = new ByteReader(source.bytes(address + 8, symbolBytes * count).slice(), where);
  for (let index = 0; index < count; index++) {
    const symbol = { nameOffset: reader.uint64(), address: reader.uint64() };
    const kind = reader.uint32();
    reader.skip(20);
    if (kind !== softLink) yield symbol;
  }
}

/** The first bytes of a structure that starts with four known letters; the reader stands before them. */
function signed(
  source: ByteSource,
  address: number,
  letters: string,
  length: number,
  where: string,
): ByteReader {
  const bytes = source.bytes(address, length).slice();
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== letters) {
    throw damaged(where, `${letters} expected at byte ${address}`);
  }
  return new ByteReader(bytes, where);
}
