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
  /**
   * Steps are divided by three, and the pictures so far used again, until no more than this share of the difference of the scores is missing
   * from the sum. Left out: they stay as they are.
   */
  readonly tolerance?: number;
  /** Steps that are not divided any more. Default 1000. */
  readonly mostSteps?: number;
}

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017): the gradient of the logit by the pixels, averaged over the way from the
 * baseline to the picture (middles of equal steps), times the way. Summed over the three colours; the sum over all places is the
 * difference of the two scores, but for the size of the steps.
 */
export async function integratedGradients(
  engine: Engine,
  model: Model,
  { baseline, steps = 64, tolerance, mostSteps = 1000 }: IntegratedGradientsOptions,
): Promise<Explainer> {
  const path = await openPath(engine, model, baseline);
  const { size, height, width } = path;
  return {
    async explain(pixels, label) {
      const chosen = choiceOf(path.graph, label);
      const [before, after] = (await path.run(pixels, chosen, [0, 1])).scores as [number, number];
      const sums = new Float64Array(size);
      const attributions = () => sums.map((sum, at) => (sum / taken) * (pixels[at]! - baseline[at]!));
      const missing = (values: Float64Array) => {
        const sum = values.reduce((all, value) => all + value, 0);
        return Math.abs(sum - (after - before)) / Math.max(Math.abs(after - before), 1e-6);
      };
      let taken = steps;
      await path.addGradients(sums, pixels, chosen, middles(taken));
      let values = attributions();
      while (tolerance !== undefined && missing(values) > tolerance && 3 * taken <= mostSteps) {
        taken *= 3;
        // The middle of three parts is the middle of the whole, which is there already.
        const others = middles(taken).filter((_, step) => step % 3 !== 1);
        await path.addGradients(sums, pixels, chosen, others);
        values = attributions();
      }
      const places = new Float32Array(height * width);
      for (const [at, value] of values.entries()) places[at % places.length]! += value;
      return {
        height,
        width,
        values: places,
        score: after,
        steps: taken,
        completenessError: missing(values),
      };
    },
    close: () => path.close(),
  };
}

/** Gradients and scores of pictures between a baseline (0) and a picture (1). */
async function openPath(engine: Engine, model: Model, baseline: Float32Array) {
  const graph = scoreGraph(model);
  const { builder, picture, choice, logits, score } = graph;
  const [gradient] = gradients(builder, score, [picture]);
  const program = await engine.compile(
    bindParameters(builder.build([gradient!, logits]), weightTensors(graph.parameters)),
  );
  const [, channels, height, width] = picture.type.shape.map(Number) as [number, number, number, number];
  const size = channels * height * width;

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

  /** Adds the gradients of pictures on the way to the sums. */
  async function addGradients(
    sums: Float64Array,
    pixels: Float32Array,
    chosen: Float32Array,
    shares: readonly number[],
  ): Promise<void> {
    for (let start = 0; start < shares.length; start += atOnce) {
      const { gradients: rows } = await run(pixels, chosen, shares.slice(start, start + atOnce));
      for (let at = 0; at < rows.length; at++) sums[at % size]! += rows[at]!;
    }
  }

  return { graph, size, height, width, run, addGradients, close: () => program.close() };
}

/** The middles of equal steps from 0 to 1. */
function middles(steps: number): number[] {
  return Array.from({ length: steps }, (_, step) => (step + 0.5) / steps);
}
