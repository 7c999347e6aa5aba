import { PermafrostError } from "../base/errors.ts";
import { openWeights } from "../formats/openWeights.ts";
import { summarizeWeights } from "../formats/summary.ts";
import type { WeightFile } from "../formats/weightFile.ts";
import type { Model } from "../models/functional.ts";
import type { MatchResult, WeightProblem } from "./matchLayer.ts";
import { matchNetwork, matchWeights } from "./matchWeights.ts";
import { replaceWeights, setWeights } from "./setWeights.ts";

export interface LoadWeightsOptions {
  /**
   * true: each layer takes the weights of the layer of its name; layers that the file has not stay as they are. false (default): the
   * file has exactly this model's layers, in their order, whatever their names.
   */
  readonly byName?: boolean;
  /** Passes over layers whose weights have other shapes, or another number, in place of an error. Default false. */
  readonly skipMismatch?: boolean;
}

/** What came of loading weights. */
export interface LoadedWeights {
  /** Weights that were set. */
  readonly loaded: number;
  /** Weights of the model that stay as they were. */
  readonly kept: number;
  /** With `skipMismatch`: what was passed over, and why. */
  readonly skipped: readonly WeightProblem[];
}

/**
 * Sets a model's weights from a file of any format that is read (docs/formats.md). All is read and checked before any is changed.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE, FORMAT_UNKNOWN; WEIGHTS_INVALID for a damaged file, for one of another network,
 *   and for weights that are not finite.
 */
export async function loadWeights(
  model: Model,
  path: string,
  { byName = false, skipMismatch = false }: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const file = await openWeights(path);
  try {
    const result = matchWeights(model, file, { byName });
    if (!skipMismatch) checkMatch(model, result, file);
    if (byName && result.matches.length + result.problems.length === 0) throw nothingNamed(model, file);
    await replaceWeights(result.matches, file);
    const loaded = result.matches.length;
    return { loaded, kept: model.weights.length - loaded, skipped: result.problems };
  } finally {
    await file.close();
  }
}

/**
 * Sets a new network's weights from an open file with Keras's layer names, in Keras's layout; layers that only the file has (a
 * classifier) are passed over.
 *
 * @throws PermafrostError WEIGHTS_INVALID naming what is missing or of another shape; then the network is not to be used.
 */
export async function loadNetworkWeights(network: Model, file: WeightFile): Promise<void> {
  const result = matchNetwork(network, file);
  checkMatch(network, result, file);
  await setWeights(result.matches, file);
}

const shownProblems = 3;

/** Names the first differences, and what the file looks like. */
export function checkMatch(model: Model, { problems }: MatchResult, file: WeightFile): void {
  if (problems.length === 0) return;
  const { couldBe, parameters } = summarizeWeights(file);
  const first = problems.slice(0, shownProblems).map(({ layer, reason }) => `\n  ${layer}: ${reason}`);
  const more = problems.length > shownProblems ? `\n  and ${problems.length - shownProblems} more` : "";
  const looks =
    couldBe.length === 0
      ? `The file has ${parameters} weights, ${model.name} has ${model.countParams()}.`
      : `The file has the ${parameters} weights of ${couldBe.join(" or ")}, ${model.name} has ${model.countParams()}.`;
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${file.path} (${file.format}): its weights are not those of ${model.name}:${first.join("")}${more}\n${looks} ` +
      `See all of it with: permafrost inspect ${file.path}`,
    { details: { path: file.path, problems, couldBe } },
  );
}

function nothingNamed(model: Model, file: WeightFile): PermafrostError {
  const names = model.layers.filter(({ weights }) => weights.length > 0).map(({ name }) => name);
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${file.path} (${file.format}): it has none of the layers of ${model.name} (${names.slice(0, 5).join(", ")}${names.length > 5 ? ", ..." : ""}). ` +
      `See its layers with: permafrost inspect ${file.path}`,
    { details: { path: file.path } },
  );
}
