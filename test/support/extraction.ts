import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Preprocessing, preprocessing } from "../../src/applications/preprocessing.ts";
import { sha256 } from "../../src/base/digest.ts";
import { Random } from "../../src/base/random.ts";
import type { View } from "../../src/features/views.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { stripes } from "./pictures.ts";

/** Side of the pictures that the small prefixes take. */
export const side = 32;

export const smallPreprocessing: Preprocessing = preprocessing("torch", { height: side, width: side });

function randomTensor(name: string, shape: readonly number[]): Tensor<"float32"> {
  const random = new Random(3, name);
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * random.normal()),
  );
}

/**
 * Two convolutions with random weights, and with `pool` their mean: features [24], else maps [24, 8, 8].
 */
export function smallPrefix(options: { readonly pool: boolean; readonly weights?: string }): Graph {
  const { pool, weights = "weights" } = options;
  const g = new GraphBuilder();
  const x = g.input("image", { dtype: "float32", shape: ["batch", 3, side, side] }, { kind: "data" });
  const convolve = (input: typeof x, filters: string, shape: readonly number[]): typeof x =>
    g.apply(
      operators.relu,
      [
        g.apply(operators.conv2d, [input, g.constant(randomTensor(`${weights}/${filters}`, shape))], {
          strides: [2, 2],
          pads: [1, 1, 1, 1],
        }),
      ],
      {},
    );
  const maps = convolve(convolve(x, "first", [16, 3, 3, 3]), "second", [24, 16, 3, 3]);
  return g.build([pool ? g.apply(operators.reduceMean, [maps], { axes: [2, 3], keepDims: false }) : maps]);
}

/** Writes pictures that all differ, of several sizes, and lists them with their digests. */
export async function writePictures(folder: string, count: number): Promise<View[]> {
  mkdirSync(folder, { recursive: true });
  const views: View[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = await stripes(index % 3, index, 24 + (index % 5) * 9);
    views.push(writeView(path.join(folder, `${index}.png`), bytes));
  }
  return views;
}

export function writeView(file: string, bytes: Uint8Array): View {
  writeFileSync(file, bytes);
  return { path: file, image: sha256(bytes) };
}

/** A second file with the same bytes. */
export function copyOf(view: View, name: string): View {
  return writeView(path.join(path.dirname(view.path), name), readFileSync(view.path));
}
