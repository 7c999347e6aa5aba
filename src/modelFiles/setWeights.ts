import { PermafrostError } from "../base/errors.ts";
import { ReadingMemory } from "../formats/byteSource.ts";
import type { TensorEntry, WeightFile } from "../formats/weightFile.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import type { WeightMatch } from "./matchLayer.ts";

/**
 * Reads the tensors of a file into the weights they belong to, one at a time: beside the network no more than one tensor is held.
 *
 * @throws PermafrostError WEIGHTS_INVALID for a damaged tensor, one that is no float, and values that are not finite; then the
 *   network holds what was read so far and is not to be used.
 */
export async function setWeights(matches: readonly WeightMatch[], file: WeightFile): Promise<void> {
  // `set` copies: what was read is not needed any more.
  const memory = new ReadingMemory();
  for (const match of matches) match.parameter.set(await readWeight(match.entry, file, memory));
}

/** As `setWeights`, but all is read and checked before any weight is changed. */
export async function replaceWeights(matches: readonly WeightMatch[], file: WeightFile): Promise<void> {
  const tensors: Tensor<"float32">[] = [];
  for (const match of matches) tensors.push(await readWeight(match.entry, file));
  for (const [index, { parameter }] of matches.entries()) parameter.set(tensors[index]!);
}

/**
 * A tensor of a file as a weight.
 *
 * @param memory - As of `WeightFile.read`.
 * @throws PermafrostError WEIGHTS_INVALID when it is damaged, no float, or not finite.
 */
export async function readWeight(
  entry: TensorEntry,
  file: WeightFile,
  memory?: ReadingMemory,
): Promise<Tensor<"float32">> {
  const tensor = await file.read(entry.name, memory);
  const weight = asFloat32(tensor, entry.name, file);
  const place = firstNotFinite(weight.data);
  if (place < 0) return weight;
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${file.path}: tensor ${JSON.stringify(entry.name)}: element ${place} is ${weight.data[place]}. ` +
      "A network with such a weight gives nothing but NaN; its training has failed, or the file is damaged. Take an earlier file.",
    { details: { path: file.path, tensor: entry.name, element: place } },
  );
}

/** The exponent's bits; all of them are set in NaN and infinities only. */
const exponent = 0x7f80_0000;
/** Added to such an exponent it reaches the sign's place. */
const lowest = 0x0080_0000;

function firstNotFinite(values: Float32Array): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  // Four at once: networks have hundreds of millions.
  let index = 0;
  for (; index + 4 <= bits.length; index += 4) {
    const a = (bits[index]! & exponent) + lowest;
    const b = (bits[index + 1]! & exponent) + lowest;
    const c = (bits[index + 2]! & exponent) + lowest;
    const d = (bits[index + 3]! & exponent) + lowest;
    if ((a | b | c | d) < 0) break;
  }
  while (index < bits.length && (bits[index]! & exponent) !== exponent) index++;
  return index < bits.length ? index : -1;
}

function asFloat32({ dtype, shape, data }: Tensor, name: string, file: WeightFile): Tensor<"float32"> {
  if (dtype === "float32" && data instanceof Float32Array) return float32(shape, data);
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${file.path} (${file.format}): tensor ${JSON.stringify(name)} is ${dtype}, expected float32, float16 or bfloat16. Convert the file.`,
    { details: { path: file.path, tensor: name } },
  );
}
