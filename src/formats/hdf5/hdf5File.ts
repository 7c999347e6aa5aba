import { type ByteSource, damaged, type ReadingMemory, unsupported } from "../byteSource.ts";
import { swapBytes } from "../elementOrder.ts";
import { type StoredType, storedBytes } from "../storedType.ts";
import { type Attribute, readAttribute, textsOf } from "./attributes.ts";
import { loadChunks } from "./chunks.ts";
import { readDataspace } from "./dataspace.ts";
import { readDatatype } from "./datatype.ts";
import { readFilters } from "./filters.ts";
import { readLayout } from "./layout.ts";
import { readLinks } from "./links.ts";
import { type Message, messageTypes, newerLayout, readMessages } from "./objectHeader.ts";
import { readRootAddress } from "./superblock.ts";
import { TextHeap } from "./textHeap.ts";

/** A group: names of groups and datasets in it, and texts beside them. */
export interface Hdf5Group {
  readonly kind: "group";
  readonly path: string;
  readonly members: ReadonlyMap<string, Hdf5Group | Hdf5Dataset>;
  /** The texts of an attribute: a list, one or none. */
  texts(attribute: string): readonly string[];
  readonly attributes: readonly string[];
}

export interface Hdf5Dataset {
  readonly kind: "dataset";
  readonly path: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** The elements, row-major and little-endian. @param memory - May be used for them. */
  load(memory?: ReadingMemory): Promise<Uint8Array<ArrayBuffer>>;
}

/** What is to be read of a dataset. */
interface Elements {
  readonly shape: readonly number[];
  /** Of all of them, and of each. */
  readonly bytes: number;
  readonly each: number;
  readonly where: string;
  readonly memory: ReadingMemory | undefined;
}

/** Groups in groups; Keras goes 4 to 10 deep. */
const maxDepth = 64;

/**
 * Reads the groups of an HDF5 file in the layout that h5py writes by default: what there is and where, no elements.
 *
 * @throws PermafrostError WEIGHTS_INVALID naming file, group and place.
 */
export function readHdf5(source: ByteSource): Hdf5Group {
  const root = new Hdf5Reader(source).object(readRootAddress(source), "", 0);
  if (root.kind !== "group") throw damaged(source.name, "its root is no group");
  return root;
}

class Hdf5Reader {
  readonly #source: ByteSource;
  readonly #heap: TextHeap;
  /** Addresses of groups and of the nodes of their trees: each is reached once, or the file has a circle. */
  readonly #seen = new Set<number>();

  constructor(source: ByteSource) {
    this.#source = source;
    this.#heap = new TextHeap(source);
  }

  object(address: number, path: string, depth: number): Hdf5Group | Hdf5Dataset {
    const where = path === "" ? this.#source.name : `${this.#source.name}: ${path}`;
    if (this.#seen.has(address)) throw damaged(where, `byte ${address} is reached twice`);
    this.#seen.add(address);
    if (depth > maxDepth) throw damaged(where, `groups are nested more than ${maxDepth} deep`);
    const messages = readMessages(this.#source, address, where);
    const isGroup = messages.some(({ type }) => type === messageTypes.symbolTable);
    return isGroup ? this.#group(messages, path, where, depth) : this.#dataset(messages, path, where);
  }

  #group(messages: readonly Message[], path: string, where: string, depth: number): Hdf5Group {
    const table = find(messages, messageTypes.symbolTable, where);
    const attributes = this.#attributes(messages, where);
    const members = new Map<string, Hdf5Group | Hdf5Dataset>();
    for (const [name, address] of readLinks(this.#source, table, this.#seen, where)) {
      members.set(name, this.object(address, path === "" ? name : `${path}/${name}`, depth + 1));
    }
    return {
      kind: "group",
      path,
      members,
      attributes: [...attributes.keys()],
      texts: (name) => {
        const attribute = attributes.get(name);
        return attribute === undefined ? [] : textsOf(attribute, this.#heap, where);
      },
    };
  }

  #dataset(messages: readonly Message[], path: string, where: string): Hdf5Dataset {
    if (messages.some(({ type }) => type === messageTypes.linkInfo)) throw newerLayout(where);
    if (messages.some(({ type }) => type === messageTypes.externalFiles)) {
      throw unsupported(where, "its elements are in another file, which is not read");
    }
    const datatype = readDatatype(find(messages, messageTypes.datatype, where), where);
    const shape = readDataspace(find(messages, messageTypes.dataspace, where), where);
    // NumPy has no bfloat16, so Keras says it beside the dataset.
    const said = this.#attributes(messages, where).get("dtype");
    const isBfloat16 = said !== undefined && textsOf(said, this.#heap, where)[0] === "bfloat16";
    const dtype = isBfloat16 && datatype.bytes === 2 ? "bfloat16" : datatype.dtype;
    const load = async (memory?: ReadingMemory) => {
      const wanted = storedBytes(dtype, shape, where);
      const elements = await this.#load(messages, {
        shape,
        bytes: wanted,
        each: datatype.bytes,
        where,
        memory,
      });
      if (elements.length !== wanted)
        throw damaged(where, `${elements.length} bytes, its shape needs ${wanted}`);
      if (datatype.isBigEndian) swapBytes(elements, datatype.bytes);
      return elements;
    };
    return { kind: "dataset", path, dtype, shape, load };
  }

  async #load(
    messages: readonly Message[],
    { shape, bytes, each, where, memory }: Elements,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const layout = readLayout(find(messages, messageTypes.layout, where), where);
    if (layout.kind === "compact") return new Uint8Array(layout.content);
    if (bytes === 0) return new Uint8Array(0);
    if (layout.kind === "contiguous")
      return this.#source.load(layout.address, Math.min(layout.bytes, bytes), memory);
    if (bytes > 3 * this.#source.size + 2 ** 24) {
      throw damaged(where, `[${shape.join(", ")}] needs ${bytes} bytes, the file has ${this.#source.size}`);
    }
    const filters = messages.find(({ type }) => type === messageTypes.filters)?.content;
    const dataset = {
      shape,
      chunk: layout.chunk,
      each,
      tree: layout.tree,
      filters: filters === undefined ? [] : readFilters(filters, where),
    };
    return loadChunks(this.#source, dataset, bytes, where);
  }

  #attributes(messages: readonly Message[], where: string): ReadonlyMap<string, Attribute> {
    const found = messages
      .filter(({ type }) => type === messageTypes.attribute)
      .map(({ content }) => readAttribute(content, where));
    return new Map(found.map((attribute) => [attribute.name, attribute]));
  }
}

function find(messages: readonly Message[], type: number, where: string): Uint8Array {
  const message = messages.find((candidate) => candidate.type === type);
  if (message === undefined) throw damaged(where, `its header lacks message ${type}`);
  return message.content;
}
