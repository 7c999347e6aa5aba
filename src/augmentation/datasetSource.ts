import { sha256 } from "../base/digest.ts";
import { float32, type Tensor, tensor } from "../tensor/tensor.ts";
import { type DatasetImageOptions, loadDatasetImage } from "./datasetImage.ts";
import { fileDigest, isFileProblem, readBytes } from "./fileSource.ts";
import { channelsOf } from "./loadImage.ts";
import type { SampleSource } from "./sampleSource.ts";

export const labelModes = ["int", "binary", "categorical", null] as const;

/** "int": int32 [batch]. "binary": float32 [batch, 1]. "categorical": float32 one-hot. null: none. */
export type LabelMode = (typeof labelModes)[number];

interface DatasetFiles {
  readonly directory: string;
  readonly filePaths: readonly string[];
  /** Class number of each file. */
  readonly labels: Int32Array;
  readonly labelMode: LabelMode;
  readonly classNames: readonly string[];
}

/** The files of a data set as samples of an iterator. */
export function datasetSource(files: DatasetFiles, images: DatasetImageOptions): SampleSource {
  const { directory, filePaths, labels, labelMode, classNames } = files;
  const [height, width] = images.imageSize;
  return {
    description: directory,
    n: filePaths.length,
    imageShape: { height, width, channels: channelsOf(images.colorMode) },
    hashBound: 1e7,
    load: async (index) => {
      const file = filePaths[index]!;
      const bytes = await readBytes(file);
      return { image: await loadDatasetImage(bytes, images, file), digest: () => sha256(bytes) };
    },
    digest: (index) => fileDigest(filePaths[index]!),
    loading: images,
    ...(labelMode === null ? {} : { classFiles: { classNames, paths: filePaths, labels } }),
    nameOf: (index) => filePaths[index]!,
    isUnreadable: isFileProblem,
    targets: (indices) => {
      const chosen = Array.from(indices, (index) => labels[index]!);
      const y = datasetLabels(labelMode, chosen, classNames.length, [chosen.length]);
      return y === undefined ? {} : { y };
    },
  };
}

/**
 * Labels as the mode wants them.
 *
 * @param batch - The batch axis; none for a picture by itself.
 */
export function datasetLabels(
  mode: LabelMode,
  labels: readonly number[],
  classCount: number,
  batch: readonly number[],
): Tensor<"float32"> | Tensor<"int32"> | undefined {
  switch (mode) {
    case null:
      return undefined;
    case "int":
      return tensor("int32", batch, Int32Array.from(labels));
    case "binary":
      return float32([...batch, 1], labels);
    case "categorical": {
      const data = new Float32Array(labels.length * classCount);
      for (const [row, label] of labels.entries()) data[row * classCount + label] = 1;
      return float32([...batch, classCount], data);
    }
  }
}
