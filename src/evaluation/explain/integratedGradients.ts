import { gradients } from "../../autodiff/gradients.ts";
import type { Engine } from "../../engine/engine.ts";
import { bindParameters } from "../../graph/bind.ts";
import type { Model } from "../../models/functional.ts";
import { weightTensors } from "../../training/features/inference.ts";
import type { Explainer } from "./explainer.ts";
import { choiceOf, scoreGraph } from "./scoreGraph.ts";

/** Pictures of the path that one run takes: a few megabytes of activations each. */
const atOnce = 8;

export interface IntegratedGradientsOptions {
  /** The picture that says nothing, [3, height, width]; usually black. */
  readonly baseline: Float32Array;
  /** Pictures on the straight way from it. Default 64. */
  readonly steps?: number;
}

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017): the gradient of the logit by the pixels, averaged over the way from the
 * baseline to the picture (middles of equal steps), times the way. Summed over the three colours; the sum over all places is the
 * difference of the two scores, but for the size of the steps.
 */
export async function integratedGradients(
  engine: Engine,
  model: Model,
  { baseline, steps = 64 }: IntegratedGradientsOptions,
): Promise<Explainer> {
  const graph = scoreGraph(model);
  const { builder, picture, choice, logits, score } = graph;
  const [gradient] = gradients(builder, score, [picture]);
  const program = await engine.compile(
    bindParameters(builder.build([gradient!, logits]), weightTensors(graph.parameters)),
  );
  const [, channels, height, width] = picture.type.shape.map(Number) as [number, number, number, number];
  const size = channels * height * width;

  /** Gradients and chosen logits of pictures between baseline (0) and picture (1). */
  async function run(pixels: Float32Array, chosen: Float32Array, shares: readonly number[]) {
    const batch = new Float32Array(shares.length * size);
    for (const [row, share] of shares.entries()) {
      for (let at = 0; at < size; at++) {
        batch[row * size + at] = baseline[at]! + share * (pixels[at]! - baseline[at]!);
      }
    }
    const rows = shares.length;
    const choices = Float32Array.from(
      { length: rows * chosen.length },
      (_, at) => chosen[at % chosen.length]!,
    );
    const results = await program.run({
      [picture.name]: { dtype: "float32", shape: [rows, channels, height, width], data: batch },
      [choice.name]: { dtype: "float32", shape: [rows, chosen.length], data: choices },
    });
    const scores = results[logits.name]!.data as Float32Array;
    return {
      gradients: results[gradient!.name]!.data as Float32Array,
      scores: shares.map((_, row) =>
        chosen.reduce((sum, weight, column) => sum + weight * scores[row * chosen.length + column]!, 0),
      ),
    };
  }

  return {
    async explain(pixels, label) {
      const chosen = choiceOf(graph, label);
      const shares = Array.from({ length: steps }, (_, step) => (step + 0.5) / steps);
      const means = new Float64Array(size);
      for (let start = 0; start < steps; start += atOnce) {
        const part = shares.slice(start, start + atOnce);
        const { gradients: rows } = await run(pixels, chosen, part);
        for (let at = 0; at < rows.length; at++) means[at % size]! += rows[at]! / steps;
      }
      const ends = await run(pixels, chosen, [0, 1]);
      const values = new Float32Array(height * width);
      for (let at = 0; at < size; at++) {
        values[at % values.length]! += means[at]! * (pixels[at]! - baseline[at]!);
      }
      const difference = ends.scores[1]! - ends.scores[0]!;
      const sum = values.reduce((a, b) => a + b, 0);
      return {
        height,
        width,
        values,
        score: ends.scores[1]!,
        completenessError: Math.abs(sum - difference) / Math.max(Math.abs(difference), 1e-6),
      };
    },
    close: () => program.close(),
  };
}
