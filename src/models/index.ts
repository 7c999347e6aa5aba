export { Model, type ModelGraph, type ModelOptions, model } from "./functional.ts";
export { Sequential, type SequentialOptions, sequential } from "./sequential.ts";
