import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { singleValues } from "../../onnx/model/reach.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { inferShapes } from "./inferShapes.ts";
import { type Trial, type TrialSize, tryValues } from "./trial.ts";

/** A value at which a model can be cut. */
export interface PossibleCut {
  /** Its name in the model. */
  readonly value: string;
  /** Operator that computes it. */
  readonly operator: string;
  readonly dtype: string;
  /** Of one sample, in the model's order of axes. */
  readonly shape: readonly number[];
}

/** Possible cuts, and whether the sizes of all of them are known. */
export interface FoundCuts {
  readonly cuts: readonly PossibleCut[];
  readonly isComplete: boolean;
}

/**
 * The values through which everything goes on the way to an output, with their sizes as ONNX Runtime finds them: the model runs
 * once, in a process of its own, on noise.
 *
 * @throws PermafrostError SHAPE_MISMATCH for inputs that are no pictures; ENGINE_FAILED when the model does not run.
 */
export async function possibleCuts(
  model: OnnxModel,
  output: string,
  size: TrialSize,
  where: string,
): Promise<FoundCuts> {
  const values = valuesBefore(model, output, where);
  const { shapes } = await tryValues(model, values, size, where);
  return { cuts: cutsAt(model, values, shapes), isComplete: true };
}

/**
 * The same from a model's structure alone (`readStructure`), without its weights and without running it. Sizes that hang on computed
 * numbers stay unknown.
 *
 * @throws PermafrostError as `possibleCuts`.
 */
export async function inferredCuts(
  structure: OnnxModel,
  output: string,
  size: TrialSize,
  where: string,
): Promise<FoundCuts> {
  const values = valuesBefore(structure, output, where);
  const shapes = await inferShapes(structure, values, size, where);
  return { cuts: cutsAt(structure, values, shapes), isComplete: values.every((value) => shapes.has(value)) };
}

function valuesBefore(model: OnnxModel, output: string, where: string): readonly string[] {
  const { name } = pictureInput(model.graph!, [output], where);
  return singleValues(model.graph!, name, output);
}

function cutsAt(
  model: OnnxModel,
  values: readonly string[],
  shapes: Trial["shapes"],
): readonly PossibleCut[] {
  const operators = new Map(
    model.graph!.node.flatMap((node) => node.output.map((each) => [each, node.opType])),
  );
  return values.flatMap((value) => {
    const found = shapes.get(value);
    const isFeature = found !== undefined && /^float/.test(found.dtype) && found.shape.length > 0;
    return isFeature ? [{ value, operator: operators.get(value)!, ...found }] : [];
  });
}
