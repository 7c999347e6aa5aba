import type { Layer } from "../layers/layer.ts";
import type { Parameter } from "../layers/parameter.ts";

/** Whether a weight is what a Normalization counts of the data it was adapted on: nothing needs it, and files hold it in several types or not at all. */
export function isAdaptedCount(layer: Layer, { name }: Parameter): boolean {
  return layer.kind === "Normalization" && name === "count";
}
