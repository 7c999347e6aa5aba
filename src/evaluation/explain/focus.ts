import type { Heatmap } from "./explainer.ts";

/** Where what speaks for a class lies. */
export interface Focus {
  /** The smallest part of the picture that holds half of it. */
  readonly half: number;
  /** Its share in the outer frame, a tenth of each side wide: 36 % of the picture. */
  readonly frame: number;
}

/** Width of the outer frame, as a part of each side. */
const rim = 0.1;

/** Where what speaks for the class lies; what speaks against it is left out. Undefined where nothing speaks for it. */
export function focusOf({
  height,
  width,
  values,
}: Pick<Heatmap, "height" | "width" | "values">): Focus | undefined {
  const above = Float64Array.from(values, (value) => Math.max(0, value));
  const sum = above.reduce((all, value) => all + value, 0);
  if (!(sum > 0)) return undefined;
  const weights = above.map((value) => value / sum);
  return { half: halfOf(weights), frame: frameOf(weights, height, width) };
}

/** The fewest places that hold half of all, the last one in part. */
function halfOf(weights: Float64Array): number {
  const falling = weights.toSorted().reverse();
  let [left, places] = [0.5, 0];
  for (const weight of falling) {
    if (weight >= left) return (places + left / weight) / weights.length;
    left -= weight;
    places++;
  }
  return places / weights.length;
}

/** Places of a coarse map may lie in the frame in part. */
function frameOf(weights: Float64Array, height: number, width: number): number {
  let inside = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      inside += weights[y * width + x]! * innerPart(y, height) * innerPart(x, width);
    }
  }
  return 1 - inside;
}

/** How much of a row or column of places is not in the frame. */
function innerPart(place: number, places: number): number {
  const low = Math.max(place / places, rim);
  const high = Math.min((place + 1) / places, 1 - rim);
  return Math.max(0, high - low) * places;
}
