import { isTorchCounter } from "../../formats/torchNames.ts";
import type { TensorEntry, WeightFile } from "../../formats/weightFile.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { placedLayers } from "../../modelFiles/fileLayers.ts";
import { checkMatch } from "../../modelFiles/loadWeights.ts";
import type { MatchResult, WeightMatch, WeightProblem } from "../../modelFiles/matchLayer.ts";
import { readWeight } from "../../modelFiles/setWeights.ts";
import type { Model } from "../../models/functional.ts";
import { sameShape, showShape } from "../../tensor/shape.ts";
import { type TorchNaming, tensorName } from "./naming.ts";

/** A weight of a network, and the name of its tensor in a file of PyTorch's world. */
export interface TorchTensor {
  readonly name: string;
  readonly layer: string;
  readonly parameter: Parameter;
}

/** The tensors that a network is set from, in its own order. The engine's order of axes is PyTorch's. */
export function torchTensors(network: Model, naming: TorchNaming): readonly TorchTensor[] {
  return placedLayers(network).flatMap(({ layer }) =>
    layer.ownParameters.map((parameter) => ({
      name: tensorName(naming, layer, parameter) ?? `${layer.name}/${parameter.name}`,
      layer: layer.name,
      parameter,
    })),
  );
}

/**
 * Sets the weights of a network in PyTorch's form from an open file with PyTorch's names.
 *
 * @param namings - Those of the programs that write such files; the one that fits best is taken.
 * @returns the naming that fits.
 * @throws PermafrostError WEIGHTS_INVALID naming the first tensors that are missing, of another shape or not of this network, and what
 *   the file looks like; for weights that are not finite. Then the network is not to be used.
 */
export async function loadTorchWeights(
  network: Model,
  file: WeightFile,
  namings: readonly TorchNaming[],
): Promise<TorchNaming> {
  const results = namings.map((naming) => ({ naming, ...matchTorch(network, file, naming) }));
  const best = results.reduce((a, b) => (b.matches.length > a.matches.length ? b : a));
  checkMatch(network, best, file);
  for (const { parameter, entry } of best.matches)
    parameter.setEngineLayout((await readWeight(entry, file)).data);
  return best.naming;
}

function matchTorch(network: Model, file: WeightFile, naming: TorchNaming): MatchResult {
  const { renamed = (name: string) => name } = naming;
  const unused = new Map([...file.tensors.values()].map((entry) => [renamed(entry.name), entry]));
  const matches: WeightMatch[] = [];
  const problems: WeightProblem[] = [];
  for (const { name, layer, parameter } of torchTensors(network, naming)) {
    const entry = unused.get(name);
    unused.delete(name);
    if (entry !== undefined && fits(entry.shape, parameter)) matches.push({ layer, parameter, entry });
    else problems.push({ layer: name, reason: differenceOf(entry, parameter, layer) });
  }
  const others = [...unused].filter(([name]) => !isTorchCounter(name) && !isOfClassifier(name, naming));
  const more = others.map(([name, { shape }]) => ({
    layer: name,
    reason: `only the file has it, with shape ${showShape(shape)}`,
  }));
  return { matches, problems: [...problems, ...more] };
}

/** Axes of one element at the end make no difference: products are layers there and convolutions of one pixel elsewhere. */
function fits(shape: readonly number[], { engineShape }: Parameter): boolean {
  return sameShape(withoutOnes(shape), withoutOnes(engineShape));
}

function withoutOnes(shape: readonly number[]): readonly number[] {
  return shape.slice(0, shape.findLastIndex((size) => size !== 1) + 1);
}

function differenceOf(entry: TensorEntry | undefined, { engineShape }: Parameter, layer: string): string {
  const found = entry === undefined ? "none" : showShape(entry.shape);
  return `expected ${showShape(engineShape)} for layer ${layer}, the file has ${found}`;
}

function isOfClassifier(name: string, { classifier }: TorchNaming): boolean {
  return classifier.some((beginning) => name.startsWith(beginning));
}
