import { PermafrostError } from "../../base/errors.ts";
import { sparseCategoricalCrossentropy } from "../../losses/index.ts";
import { meanSquaredError } from "../../losses/meanSquaredError.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import { type CompiledOutput, outputNames } from "../compiled/compiledOutputs.ts";
import { inOrder, isDictionary, type PerName } from "../compiled/perName.ts";
import type { BatchSource } from "./batchSource.ts";
import type { EncodedTargets, LabelledSamples } from "./labelledSamples.ts";
import { type ModelInputs, modelSource } from "./modelInputs.ts";
import { type ClassWeight, sampleWeights } from "./sampleWeights.ts";
import { encodeTargets, type Targets } from "./targets.ts";

/** What is expected of each sample of one output: values in memory, or a source that is read batch by batch (engine layout). */
export type OutputTargets = Targets | BatchSource;

/** Targets for each output of a model: for several outputs a list in their order, or a dictionary by their names; none for an output without loss and metrics. */
export type ModelTargets = OutputTargets | PerName<OutputTargets>;

/** One weight a sample, for all outputs; or for each output in its place or by its name. */
export type ModelSampleWeights = ArrayLike<number> | PerName<ArrayLike<number>>;

/** Weights of classes, for all outputs or by the outputs' names. */
export type ModelClassWeights = ClassWeight | Readonly<Record<string, ClassWeight>>;

/**
 * Samples with their targets and weights in the form in which a model reads them.
 *
 * @throws PermafrostError SHAPE_MISMATCH, DATA_INVALID, INVALID_ARGUMENT or UNKNOWN_NAME, naming the output where there are several.
 */
export function labelSamples(
  compiled: Compiled,
  x: ModelInputs,
  y: ModelTargets,
  sampleWeight?: ModelSampleWeights,
  classWeight?: ModelClassWeights,
): LabelledSamples {
  const source = modelSource(compiled.model, x, { finite: true });
  const targets = targetsOf(compiled, y);
  const weights = sampleWeightsOf(compiled, sampleWeight);
  const classes = classWeightsOf(compiled, classWeight);
  const outputs = compiled.outputs.map((output, place) =>
    naming(compiled, output, () => {
      const given = targets[place]!;
      const encoded = isSource(given)
        ? expectTargets(given, output, source.samples)
        : encodedTargets(output, given, source.samples);
      return {
        targets: encoded,
        weights: sampleWeights(encoded, source.samples, weights[place], classes[place]),
      };
    }),
  );
  return { source, outputs };
}

function isSource(targets: OutputTargets): targets is BatchSource {
  return "read" in targets;
}

/** Targets that are read as they are needed: pictures for outputs that are pictures. */
function expectTargets(targets: BatchSource, { shape }: CompiledOutput, samples: number): BatchSource {
  if (targets.samples === samples && targets.shape.join() === shape.join()) return targets;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `targets: expected a source of ${samples} samples of shape [${shape.join(", ")}], got ${targets.samples} of [${targets.shape.join(", ")}].`,
  );
}

/** An output that is only measured takes class numbers or values, whichever it is given. */
function encodedTargets(output: CompiledOutput, targets: Targets, samples: number): EncodedTargets {
  const perSample = "dtype" in targets ? sizeOf(targets.shape.slice(1)) : rowLength(targets);
  const fitting =
    perSample === 1 && sizeOf(output.shape) > 1 ? sparseCategoricalCrossentropy() : meanSquaredError();
  return encodeTargets(targets, output.loss ?? fitting, output.shape, samples);
}

function rowLength(targets: ArrayLike<number | ArrayLike<number>>): number {
  const [first] = Array.from({ length: Math.min(1, targets.length) }, (_, index) => targets[index]!);
  return typeof first === "object" ? first.length : 1;
}

/** Targets in the order of the compiled outputs. */
function targetsOf(compiled: Compiled, y: ModelTargets): readonly OutputTargets[] {
  const { model, outputs } = compiled;
  const names = outputNames(model);
  if (names.length === 1 && !isDictionary(y)) return [y as OutputTargets];
  if (!Array.isArray(y) && !isDictionary(y)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `targets: expected a list or a dictionary for the outputs ${names.join(", ")}, got one array.`,
    );
  }
  const given = y as PerName<OutputTargets>;
  const compared = outputs.map(({ name }) => name);
  // As Keras: a list may leave out the outputs that are compared with nothing.
  const short = Array.isArray(given) && given.length !== names.length;
  const ordered = inOrder("targets", "output", short ? compared : names, given);
  return outputs.map(({ name, index }, place) => {
    const targets = ordered[short ? place : index];
    if (targets !== undefined) return targets;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `targets: output ${JSON.stringify(name)} has a loss or metrics, but got no targets.`,
    );
  });
}

/** In the order of the compiled outputs. */
function sampleWeightsOf(
  { model, outputs }: Compiled,
  given: ModelSampleWeights | undefined,
): readonly (ArrayLike<number> | undefined)[] {
  if (given === undefined) return outputs.map(() => undefined);
  if (!isDictionary(given) && !isListOfLists(given)) return outputs.map(() => given as ArrayLike<number>);
  const ordered = inOrder("sampleWeight", "output", outputNames(model), given as PerName<ArrayLike<number>>);
  return outputs.map(({ index }) => ordered[index]);
}

function isListOfLists(given: ModelSampleWeights): boolean {
  return Array.isArray(given) && given.some((value) => typeof value !== "number");
}

function classWeightsOf(
  { model, outputs }: Compiled,
  given: ModelClassWeights | undefined,
): readonly (ClassWeight | undefined)[] {
  const byName = isDictionary(given) && Object.values(given).some((value) => typeof value !== "number");
  if (!byName) return outputs.map(() => given as ClassWeight | undefined);
  const names = outputNames(model);
  const ordered = inOrder("classWeight", "output", names, given as Readonly<Record<string, ClassWeight>>);
  return outputs.map(({ index }) => ordered[index]);
}

/** Errors of one of several outputs name it. */
function naming<R>({ model }: Compiled, { name }: CompiledOutput, work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PermafrostError) || model.outputs.length === 1) throw error;
    const { code, message, details } = error;
    throw new PermafrostError(code, `output ${JSON.stringify(name)}: ${message}`, { details, cause: error });
  }
}
