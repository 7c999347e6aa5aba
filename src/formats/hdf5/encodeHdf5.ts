import { sizeOf } from "../../tensor/tensor.ts";
import { aligned, ByteWriter } from "./byteWriter.ts";
import { datasetHeader, groupHeader, nowhere, type WrittenType } from "./encodeMessages.ts";

/** A group to be written. */
export interface GroupContent {
  readonly kind: "group";
  readonly members: ReadonlyMap<string, GroupContent | DatasetContent>;
  /** Texts beside the group. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface DatasetContent {
  readonly kind: "dataset";
  readonly dtype: WrittenType;
  readonly shape: readonly number[];
  /** The elements, row-major and little-endian; asked for when they are written. */
  elements(): Uint8Array;
}

/** A file's size and its bytes, piece by piece. */
export interface EncodedFile {
  readonly size: number;
  /** May be asked for more than once. */
  pieces(): Iterable<Uint8Array>;
}

/** Half the names that a symbol table holds, and half the children of a node of a group's tree: HDF5's defaults. */
const leafNames = 4;
const nodeChildren = 16;

const superblockBytes = 96;

/**
 * An HDF5 file in the layout that every version of the library reads: groups as B-trees of symbol tables, datasets of one piece.
 * All headers come first, then the elements, which are asked for one dataset at a time.
 */
export function encodeHdf5(root: GroupContent): EncodedFile {
  const layout = new Layout();
  const address = layout.group(root);
  return layout.finish(address);
}

interface Placed {
  readonly content: DatasetContent;
  readonly start: number;
  readonly bytes: number;
}

interface WrittenGroup {
  readonly header: number;
  readonly tree: number;
  readonly heap: number;
}

/** Gives everything its place. Dataset places are relative to the end of the headers until that is known. */
class Layout {
  readonly #blocks: { readonly address: number; content(dataStart: number): Uint8Array }[] = [];
  readonly #datasets: Placed[] = [];
  #end = superblockBytes;
  #dataEnd = 0;

  group({ members, attributes }: GroupContent): WrittenGroup {
    const names = [...members.keys()].sort(byBytes);
    const { offsets, data } = heapOf(names);
    const addresses = names.map((name) => {
      const member = members.get(name)!;
      return member.kind === "group" ? this.group(member).header : this.#dataset(member);
    });
    const heapData = this.#put(data);
    const heap = this.#put(
      new ByteWriter().text("HEAP").zeros(4).uint64(data.length).uint64(1).uint64(heapData).content(),
    );
    const tree = this.#tree(offsets, addresses);
    return { header: this.#put(groupHeader(tree, heap, attributes)), tree, heap };
  }

  finish({ header, tree, heap }: WrittenGroup): EncodedFile {
    const dataStart = aligned(this.#end);
    const size = dataStart + this.#dataEnd;
    const superblock = new ByteWriter()
      .bytes([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 0, 8, 8, 0])
      .uint16(leafNames)
      .uint16(nodeChildren)
      .uint32(0)
      .uint64(0)
      .uint64(nowhere)
      .uint64(size)
      .uint64(nowhere);
    superblock.uint64(0).uint64(header).uint32(1).uint32(0).uint64(tree).uint64(heap);
    const headers = new Uint8Array(dataStart);
    headers.set(superblock.content());
    for (const { address, content } of this.#blocks) headers.set(content(dataStart), address);
    const datasets = this.#datasets;
    return {
      size,
      *pieces() {
        yield headers;
        for (const { content, bytes } of datasets) {
          yield content.elements();
          if (bytes % 8 !== 0) yield new Uint8Array(8 - (bytes % 8));
        }
      },
    };
  }

  #dataset(content: DatasetContent): number {
    const bytes = 4 * sizeOf(content.shape);
    const start = this.#dataEnd;
    this.#datasets.push({ content, start, bytes });
    this.#dataEnd += aligned(bytes);
    const header = (dataStart: number) =>
      datasetHeader(content.dtype, content.shape, dataStart + start, bytes);
    return this.#reserve(header(0).length, header);
  }

  /** The B-tree of a group: symbol tables of up to 8 names, nodes of up to 32 children above them. */
  #tree(offsets: readonly number[], addresses: readonly number[]): number {
    let level = 0;
    let children = parts(addresses.length, 2 * leafNames).map(([from, to]) => {
      const table = new ByteWriter()
        .text("SNOD")
        .bytes([1, 0])
        .uint16(to - from);
      for (let index = from; index < to; index++)
        table.uint64(offsets[index]!).uint64(addresses[index]!).zeros(24);
      table.zeros(40 * (2 * leafNames - (to - from)));
      return { address: this.#put(table.content()), last: offsets[to - 1] ?? 0 };
    });
    for (;;) {
      const nodes = parts(children.length, 2 * nodeChildren).map(([from, to]) => children.slice(from, to));
      const bytes = 24 + 8 * (4 * nodeChildren + 1);
      const first = this.#end;
      let left = 0;
      const here = level;
      children = nodes.map((own, index) => {
        const neighbour = (place: number) =>
          place < 0 || place >= nodes.length ? nowhere : first + place * bytes;
        const node = new ByteWriter().text("TREE").bytes([0, here]).uint16(own.length);
        node
          .uint64(neighbour(index - 1))
          .uint64(neighbour(index + 1))
          .uint64(left);
        for (const { address, last } of own) node.uint64(address).uint64(last);
        left = own.at(-1)?.last ?? 0;
        return { address: this.#put(node.zeros(bytes - node.length).content()), last: left };
      });
      if (children.length === 1) return children[0]!.address;
      level++;
    }
  }

  #put(content: Uint8Array): number {
    return this.#reserve(content.length, () => content);
  }

  #reserve(bytes: number, content: (dataStart: number) => Uint8Array): number {
    const address = this.#end;
    this.#blocks.push({ address, content });
    this.#end += aligned(bytes);
    return address;
  }
}

/** Names one behind the other with a zero each; the first is the empty one. */
function heapOf(names: readonly string[]): {
  readonly offsets: readonly number[];
  readonly data: Uint8Array;
} {
  const writer = new ByteWriter().zeros(8);
  const offsets = names.map((name) => {
    const offset = writer.length;
    writer.text(`${name}\0`).padded();
    return offset;
  });
  return { offsets, data: writer.content() };
}

/** Ranges of up to so many; at least one, perhaps empty. */
function parts(count: number, most: number): readonly (readonly [from: number, to: number])[] {
  const starts = Array.from({ length: Math.max(1, Math.ceil(count / most)) }, (_, index) => index * most);
  return starts.map((from) => [from, Math.min(count, from + most)]);
}

/** The order of the bytes of names, as the library searches them. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
