import { ImageDataGenerator } from "../augmentation/imageDataGenerator.ts";

export type { DirectoryIterator, FlowFromDirectoryOptions } from "../augmentation/directoryIterator.ts";
export type { FloatImage } from "../augmentation/floatImage.ts";
export type { ImageDataGeneratorOptions } from "../augmentation/generatorOptions.ts";
export type { ImageDataGenerator } from "../augmentation/imageDataGenerator.ts";
export {
  type ImageDataset,
  type ImageDatasetOptions,
  imageDatasetFromDirectory,
} from "../augmentation/imageDataset.ts";
export type { ImageBatch, ImageIterator, IteratorOptions } from "../augmentation/imageIterator.ts";

/** Keras's `preprocessing.image`. */
export const image = { ImageDataGenerator } as const;
