import { checkNames, invalid, oneOf } from "../checks.ts";
import {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./layers.ts";
import type { RandomLayer } from "./pipeline.ts";

/** Names and makers of the random layers, as settings files use them. */
const projection = ["fillMode", "fillValue", "interpolation"];
const makers: Readonly<
  // A maker checks all it is given; the names are checked before.
  Record<
    RandomLayer["type"],
    { readonly make: (options: never) => RandomLayer; readonly names: readonly string[] }
  >
> = {
  randomFlip: { make: randomFlip, names: ["mode"] },
  randomRotation: { make: randomRotation, names: ["factor", ...projection] },
  randomZoom: { make: randomZoom, names: ["heightFactor", "widthFactor", ...projection] },
  randomTranslation: { make: randomTranslation, names: ["heightFactor", "widthFactor", ...projection] },
  randomContrast: { make: randomContrast, names: ["factor", "valueRange"] },
  randomBrightness: { make: randomBrightness, names: ["factor", "valueRange"] },
  randomCrop: { make: randomCrop, names: ["height", "width"] },
};

/**
 * A random layer from `{ type, ...options }`.
 *
 * @throws PermafrostError INVALID_ARGUMENT with `where`.
 */
export function layerFromRecord(where: string, record: unknown): RandomLayer {
  if (typeof record !== "object" || record === null || !("type" in record)) {
    throw invalid(where, "a layer with its type", record);
  }
  const { type, ...options } = record;
  const types = Object.keys(makers);
  if (!isLayerType(type)) {
    oneOf(`${where}.type`, type, types);
    throw invalid(`${where}.type`, `one of ${types.join(", ")}`, type);
  }
  checkNames(where, options, makers[type].names);
  return makers[type].make(options as never);
}

function isLayerType(type: unknown): type is RandomLayer["type"] {
  return typeof type === "string" && Object.hasOwn(makers, type);
}
