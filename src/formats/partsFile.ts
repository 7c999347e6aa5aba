import { PermafrostError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { damaged, type ReadingMemory, unsupported } from "./byteSource.ts";
import { storedBytes, tensorOf } from "./storedType.ts";
import type { TensorEntry, WeightFile } from "./weightFile.ts";

/** A tensor and the way to its elements, as they lie in the file: row-major, little-endian. */
export interface Part {
  readonly entry: TensorEntry;
  /** @param memory - May be used for the elements. */
  load(memory?: ReadingMemory): Promise<Uint8Array<ArrayBuffer>>;
  /** Instead of the default, which looks at the elements as `entry.dtype` says. */
  decode?(bytes: Uint8Array<ArrayBuffer>): Tensor;
}

/** Bytes that an entry and the way to its elements take in memory. */
export const partBytes = 800;

interface Parts extends Pick<WeightFile, "format" | "path" | "metadata" | "close"> {
  readonly parts: Iterable<Part>;
}

/**
 * A weight file from its parts.
 *
 * @throws PermafrostError WEIGHTS_INVALID for two tensors of one name.
 */
export function partsFile({ format, path, parts, metadata, close }: Parts): WeightFile {
  const byName = new Map<string, Part>();
  for (const part of parts) {
    const { name } = part.entry;
    if (byName.has(name)) throw damaged(path, `two tensors are named ${JSON.stringify(name)}`);
    byName.set(name, part);
  }
  const tensors = new Map([...byName].map(([name, { entry }]) => [name, entry]));
  const read = (name: string, memory?: ReadingMemory) => readPart(byName.get(name), { name, path, memory });
  return { format, path, tensors, metadata, read, close };
}

interface Reading {
  readonly name: string;
  readonly path: string;
  readonly memory: ReadingMemory | undefined;
}

async function readPart(part: Part | undefined, { name, path, memory }: Reading): Promise<Tensor> {
  if (part === undefined) {
    throw new PermafrostError("UNKNOWN_NAME", `${path}: it has no tensor named ${JSON.stringify(name)}.`);
  }
  const { dtype, shape, missing } = part.entry;
  const where = `${path}: tensor ${JSON.stringify(name)}`;
  if (missing !== undefined)
    throw unsupported(where, `its file ${missing} is not there; put it beside ${path}`);
  const bytes = await part.load(memory);
  if (part.decode !== undefined) return part.decode(bytes);
  const wanted = storedBytes(dtype, shape, where);
  if (bytes.length !== wanted) {
    throw damaged(where, `${dtype}[${shape.join(", ")}] needs ${wanted} bytes, got ${bytes.length}`);
  }
  return tensorOf(dtype, shape, bytes, where);
}
