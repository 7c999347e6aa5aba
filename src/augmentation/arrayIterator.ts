import type { Tensor } from "../tensor/tensor.ts";
import { type ArrayParts, arraySource, type FlowImages } from "./arraySource.ts";
import { checkNames } from "./checks.ts";
import { ImageIterator, type IteratorOptions, iteratorOptionNames } from "./imageIterator.ts";
import type { ImageTransformer } from "./imageTransformer.ts";

/** Keras's arguments of `flow`. */
export interface FlowOptions extends IteratorOptions, Omit<ArrayParts, "y"> {}

const optionNames = [...iteratorOptionNames, "sampleWeight", "subset", "ignoreClassSplit"];

/** Batches from arrays; see `ImageDataGenerator.flow`. */
export class ArrayIterator extends ImageIterator {
  constructor(generator: ImageTransformer, images: FlowImages, y: Tensor | null, options: FlowOptions) {
    checkNames("flow", options, optionNames);
    super(generator, arraySource(images, { ...options, y }, generator.validationSplit), options);
  }
}
