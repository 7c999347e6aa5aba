export { hoistedLayers } from "./hoist.ts";
export { Sequential, sequential } from "./sequential.ts";
