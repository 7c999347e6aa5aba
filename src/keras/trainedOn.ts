import { readFile } from "node:fs/promises";
import { DirectoryIterator } from "../augmentation/directoryIterator.ts";
import type { ImageIterator } from "../augmentation/imageIterator.ts";
import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Samples } from "../training/batchSource.ts";
import type { Targets } from "../training/targets.ts";

/** What a saved model must tell of the data of its training. */
export interface TrainedOn {
  /** In the order of their numbers; undefined where the data do not tell. */
  readonly classNames: readonly string[] | undefined;
  /** Whether the pictures were made by an iterator, whose scaling a bundle must repeat. */
  readonly pictures: boolean;
  /** Names the data: SHA-256 over contents and labels. */
  readonly digest: () => Promise<Digest>;
}

export function trainedOnIterator(iterator: ImageIterator): TrainedOn {
  const { description, n } = iterator.source;
  if (!(iterator instanceof DirectoryIterator)) {
    return { classNames: undefined, pictures: true, digest: async () => digestOf({ description, n }) };
  }
  const classNames = Object.entries(iterator.classIndices)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
  return { classNames, pictures: true, digest: () => filesDigest(iterator) };
}

/** The arrays are not kept: they are large, and what is in them is known by their digest. */
export function trainedOnArrays(x: Samples, y: Targets): TrainedOn {
  const samples = "data" in x ? bytesDigest(x) : x.samples;
  const targets = "dtype" in y ? [y.shape, bytesDigest(y)] : Array.from(y, rowOf);
  const digest = digestOf([x.shape, samples, targets]);
  return { classNames: undefined, pictures: false, digest: async () => digest };
}

async function filesDigest({ filepaths, classes }: DirectoryIterator): Promise<Digest> {
  const rows: [Digest, number][] = [];
  for (const [index, file] of filepaths.entries()) rows.push([sha256(await readFile(file)), classes[index]!]);
  return digestOf(rows);
}

function rowOf(row: number | ArrayLike<number>): number | number[] {
  return typeof row === "number" ? row : Array.from(row);
}

function bytesDigest({ data }: Tensor): Digest {
  return sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
