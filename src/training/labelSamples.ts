import { PermafrostError } from "../base/errors.ts";
import { toEngineShape, toUserShape } from "../layers/layout.ts";
import type { Model } from "../models/functional.ts";
import { showShape } from "../tensor/shape.ts";
import { type BatchSource, batchSource, type Samples } from "./batchSource.ts";
import type { Compiled } from "./compile.ts";
import type { LabelledSamples } from "./labelledSamples.ts";
import { type ClassWeight, sampleWeights } from "./sampleWeights.ts";
import { encodeTargets, type Targets } from "./targets.ts";

/**
 * Samples with their targets and weights in the form in which a model reads them.
 *
 * @throws PermafrostError SHAPE_MISMATCH or DATA_INVALID
 */
export function labelSamples(
  compiled: Compiled,
  x: Samples,
  y: Targets,
  sampleWeight?: ArrayLike<number>,
  classWeight?: ClassWeight,
): LabelledSamples {
  const { model, loss } = compiled;
  const source = expectSamples(model, batchSource(x));
  const targets = encodeTargets(y, loss, compiled.outputShape, source.samples);
  return { source, targets, weights: sampleWeights(targets, source.samples, sampleWeight, classWeight) };
}

/**
 * Holds a source against what a model takes.
 *
 * @throws PermafrostError SHAPE_MISMATCH or DATA_EMPTY
 */
export function expectSamples(model: Model, source: BatchSource): BatchSource {
  const shape = model.inputs[0]!.shape;
  const expected = toEngineShape(shape).slice(1);
  const fits =
    expected.length === source.shape.length && expected.every((size, axis) => size === source.shape[axis]);
  if (!fits) {
    const got = toUserShape(["batch", ...source.shape]).slice(1);
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${model.name}: expected samples of shape ${showShape(shape.slice(1))}, got ${showShape(got)}.`,
    );
  }
  if (source.samples > 0) return source;
  throw new PermafrostError("DATA_EMPTY", `${model.name}: expected at least one sample, got none.`);
}
