export { type FrozenSplit, splitFrozen } from "./cut.ts";
export { Model, type ModelGraph, type ModelOptions, model } from "./functional.ts";
export { Sequential, type SequentialOptions, sequential } from "./sequential.ts";
export { type LayerRecord, layerFromRecord, layerRecord } from "./structure.ts";
export { type NamedWeight, namedWeights, setNamedWeights, weightsDigest } from "./weights.ts";
