import { readFile } from "node:fs/promises";
import type { ImageIterator } from "../augmentation/imageIterator.ts";
import type { ClassFiles } from "../augmentation/sampleSource.ts";
import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BatchSource } from "../training/samples/batchSource.ts";
import type { ModelTargets } from "../training/samples/labelSamples.ts";
import type { ModelInputs } from "../training/samples/modelInputs.ts";

/** What a saved model must tell of the data of its training. */
export interface TrainedOn {
  /** In the order of their numbers; undefined where the data do not tell. */
  readonly classNames: readonly string[] | undefined;
  /** Whether the pictures were made by an iterator, whose scaling a bundle must repeat. */
  readonly pictures: boolean;
  /** Names the data: SHA-256 over contents and labels. */
  readonly digest: () => Promise<Digest>;
}

export function trainedOnIterator({ source }: ImageIterator): TrainedOn {
  const { description, n, classFiles } = source;
  if (classFiles === undefined) {
    return { classNames: undefined, pictures: true, digest: async () => digestOf({ description, n }) };
  }
  return { classNames: classFiles.classNames, pictures: true, digest: () => filesDigest(classFiles) };
}

/** The arrays are not kept: they are large, and what is in them is known by their digest. */
export function trainedOnArrays(x: ModelInputs, y: ModelTargets): TrainedOn {
  const digest = digestOf([contentOf(x), contentOf(y)]);
  return { classNames: undefined, pictures: false, digest: async () => digest };
}

/** Arrays by their digests, lists and dictionaries of them by their parts. */
function contentOf(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  if ("dtype" in data) return arrayContent(data as Tensor);
  if ("read" in data) return sourceContent(data as BatchSource);
  if (ArrayBuffer.isView(data)) return sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (Array.isArray(data)) return data.map(contentOf);
  return Object.entries(data).map(([name, part]) => [name, contentOf(part)]);
}

function arrayContent({ shape, data }: Tensor): unknown {
  return [shape, sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

function sourceContent({ shape, samples }: BatchSource): unknown {
  return [shape, samples];
}

async function filesDigest({ paths, labels }: ClassFiles): Promise<Digest> {
  const rows: [Digest, number][] = [];
  for (const [index, file] of paths.entries()) rows.push([sha256(await readFile(file)), labels[index]!]);
  return digestOf(rows);
}
