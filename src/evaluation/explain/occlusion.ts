import type { Engine } from "../../engine/engine.ts";
import type { Model } from "../../models/functional.ts";
import { inferenceGraph } from "../../training/features/inference.ts";
import type { Explainer } from "./explainer.ts";

/** Covered pictures that one run takes. */
const atOnce = 8;

export interface OcclusionOptions {
  /** What a place is covered with, one number a colour in the network's own values; usually a middle grey. */
  readonly cover: readonly [number, number, number];
  /** Side of the covered square, in pixels. Default: a sixth of the height. */
  readonly side?: number;
  /** Pixels from one square to the next. Default: half of the side. */
  readonly stride?: number;
}

/**
 * Occlusion (Zeiler and Fergus 2014): how much of the class's probability is lost when a square of the picture is covered. A place has
 * the mean over the squares that cover it.
 */
export async function occlusion(
  engine: Engine,
  model: Model,
  { cover, side, stride }: OcclusionOptions,
): Promise<Explainer> {
  const graph = inferenceGraph(model);
  const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
  const program = await engine.compile(graph);
  const [, , height, width] = input.type.shape.map(Number) as [number, number, number, number];
  const square = side ?? Math.max(1, Math.round(height / 6));
  const step = stride ?? Math.max(1, Math.round(square / 2));
  const squares = starts(height, square, step).flatMap((top) =>
    starts(width, square, step).map((left) => ({ top, left })),
  );
  const size = 3 * height * width;

  async function probabilities(pictures: readonly Float32Array[], label: number): Promise<number[]> {
    const data = new Float32Array(pictures.length * size);
    for (const [row, picture] of pictures.entries()) data.set(picture, row * size);
    const results = await program.run({
      [input.name]: { dtype: "float32", shape: [pictures.length, 3, height, width], data },
    });
    const rows = results[output.name]!.data as Float32Array;
    const classes = rows.length / pictures.length;
    return pictures.map((_, row) => {
      if (classes > 1) return rows[row * classes + label]!;
      return label === 1 ? rows[row]! : 1 - rows[row]!;
    });
  }

  function covered(picture: Float32Array, { top, left }: { readonly top: number; readonly left: number }) {
    const copy = picture.slice();
    for (const [channel, value] of cover.entries()) {
      for (let y = top; y < Math.min(top + square, height); y++) {
        const start = (channel * height + y) * width;
        copy.fill(value, start + left, start + Math.min(left + square, width));
      }
    }
    return copy;
  }

  return {
    async explain(picture, label) {
      const [score] = await probabilities([picture], label);
      const sums = new Float32Array(height * width);
      const counts = new Uint16Array(height * width);
      for (let start = 0; start < squares.length; start += atOnce) {
        const part = squares.slice(start, start + atOnce);
        const left = await probabilities(
          part.map((place) => covered(picture, place)),
          label,
        );
        for (const [row, place] of part.entries()) {
          for (let y = place.top; y < Math.min(place.top + square, height); y++) {
            for (let x = place.left; x < Math.min(place.left + square, width); x++) {
              sums[y * width + x]! += score! - left[row]!;
              counts[y * width + x]! += 1;
            }
          }
        }
      }
      return { height, width, values: sums.map((sum, at) => sum / Math.max(1, counts[at]!)), score: score! };
    },
    close: () => program.close(),
  };
}

/** Where squares begin, so that the last one ends with the picture. */
function starts(length: number, side: number, step: number): number[] {
  const last = Math.max(0, length - side);
  const count = Math.ceil(last / step) + 1;
  return Array.from({ length: count }, (_, index) => Math.min(index * step, last));
}
