import { PermafrostError } from "../../base/errors.ts";
import { toEngineShape, toUserShape } from "../../layers/layout.ts";
import type { Model } from "../../models/functional.ts";
import { showShape } from "../../tensor/shape.ts";
import { inputNames } from "../compiled/compiledOutputs.ts";
import { inOrder, isDictionary, type PerName } from "../compiled/perName.ts";
import { type BatchSource, batchSource, type Samples } from "./batchSource.ts";
import { expectFinite } from "./finiteInputs.ts";
import { joinedSource } from "./joinedSource.ts";

/** Samples for each input of a model: for one input an array or source; for several a list in their order, or a dictionary by their names. */
export type ModelInputs = Samples | PerName<Samples>;

/**
 * The samples of all inputs as one source; several inputs as rows.
 *
 * @param options.finite - Refuse arrays with NaN or infinite values.
 * @throws PermafrostError SHAPE_MISMATCH naming the input and both shapes; DATA_INVALID naming the sample; INVALID_ARGUMENT, UNKNOWN_NAME or DATA_EMPTY.
 */
export function modelSource(
  model: Model,
  x: ModelInputs,
  options: { readonly finite?: boolean } = {},
): BatchSource {
  const names = inputNames(model);
  const given = isSamples(x) ? [x] : inOrder("x", "input", names, x);
  if (given.length !== names.length) throw tooFew(model, names);
  const sources = names.map((name, index) => {
    const samples = given[index];
    if (samples === undefined) throw missing(model, name);
    const where = names.length === 1 ? model.name : `${model.name}, input ${JSON.stringify(name)}`;
    const source = expectSamples(where, model.inputs[index]!.shape, batchSource(samples));
    if (options.finite && "data" in samples) expectFinite(where, samples);
    return source;
  });
  const [first] = sources;
  const other = sources.findIndex(({ samples }) => samples !== first!.samples);
  if (other > 0) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${model.name}: expected as many samples for every input, got ${first!.samples} for ${JSON.stringify(names[0])} and ${sources[other]!.samples} for ${JSON.stringify(names[other])}.`,
    );
  }
  return sources.length === 1 ? first! : joinedSource(sources);
}

function isSamples(x: ModelInputs): x is Samples {
  return !Array.isArray(x) && !isDictionary(x);
}

/** Holds a source against what an input takes. */
function expectSamples(
  where: string,
  shape: Model["inputs"][number]["shape"],
  source: BatchSource,
): BatchSource {
  const expected = toEngineShape(shape).slice(1);
  const fits =
    expected.length === source.shape.length && expected.every((size, axis) => size === source.shape[axis]);
  if (!fits) {
    const got = toUserShape(["batch", ...source.shape]).slice(1);
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${where}: expected samples of shape ${showShape(shape.slice(1))}, got ${showShape(got)}.`,
    );
  }
  if (source.samples > 0) return source;
  throw new PermafrostError("DATA_EMPTY", `${where}: expected at least one sample, got none.`);
}

function tooFew(model: Model, names: readonly string[]): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: expected samples for ${names.length} inputs (${names.join(", ")}), got one array. Give a list in this order, or a dictionary by these names.`,
  );
}

function missing(model: Model, name: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: expected samples for input ${JSON.stringify(name)}, got none.`,
  );
}
