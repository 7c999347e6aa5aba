import type { Digest } from "../../base/digest.ts";
import type { FrozenDigests } from "../../training/compiled/frozenWeights.ts";

/** What a phase of a training is about to do. */
export interface PhaseStart {
  readonly name: string;
  /** From 1, over all phases. */
  readonly firstEpoch: number;
  readonly epochs: number;
  /** At its begin; 0 for a head that is solved for. */
  readonly learningRate: number;
  /** Layers whose weights the optimizer changes: its own list, not what they are shown as. */
  readonly trained: readonly string[];
  readonly trainedParameters: number;
  /** Factors of the learning rate in the order of `trained`; left out where all are 1. */
  readonly rates?: readonly number[];
  /** Where the model is cut and why. */
  readonly cut: string;
}

/** What a phase has done: plain data, for results, bundles and reports. */
export interface PhaseRecord extends PhaseStart {
  /** SHA-256 over all weights that were not to change; a run in which they differ fails. */
  readonly frozen: FrozenDigests;
  /** SHA-256 over all weights of the base network. */
  readonly base: { readonly before: Digest; readonly after: Digest };
}

/** Said on every run, in its record and its report. */
export function compatWarning(compat: string): string {
  return (
    `--compat ${compat}: the base is shown as frozen and TRAINED ALL THE SAME, as Keras 2.0.8 did by mistake. Its weights change, so nothing of it ` +
    "is stored: it runs on every image of every step. For comparison only; leave the option out for a base that is frozen."
  );
}

/**
 * Layers for people: those of the base behind its name, long lists as their number, first and last.
 *
 * @param layers - Paths in the model, in its order.
 */
export function describeTrained(layers: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const layer of layers) {
    const [outer = "", ...inner] = layer.split("/");
    groups.set(outer, [...(groups.get(outer) ?? []), ...(inner.length > 0 ? [inner.join("/")] : [])]);
  }
  return [...groups]
    .map(([outer, inner]) => {
      if (inner.length === 0) return outer;
      const shown =
        inner.length <= shownLayers
          ? inner.join(", ")
          : `${inner.length} layers from ${inner[0]} to ${inner.at(-1)}`;
      return `${outer} (${shown})`;
    })
    .join(", ");
}

const shownLayers = 6;

/** `; rates from 0.178 (base/conv_1) to 1 (predictions) times that`, or nothing where all have the same. */
export function describeRates({ trained, rates }: Pick<PhaseStart, "trained" | "rates">): string {
  if (rates === undefined) return "";
  const low = rates.indexOf(Math.min(...rates));
  const high = rates.indexOf(Math.max(...rates));
  const show = (at: number) => `${Number(rates[at]!.toPrecision(3))} (${trained[at]})`;
  return `; rates from ${show(low)} to ${show(high)} times that`;
}

/** What of a phase's record tells the rates of its layers. @param rates - By path of the weight. */
export function ratesOfLayers(rates: ReadonlyMap<string, number>): Pick<PhaseStart, "rates"> {
  if ([...rates.values()].every((rate) => rate === 1)) return {};
  const byLayer = new Map([...rates].map(([path, rate]) => [layersOfPaths([path])[0]!, rate]));
  return { rates: [...byLayer.values()] };
}

/** The layers of weights with these paths, each once. */
export function layersOfPaths(paths: Iterable<string>): readonly string[] {
  return [...new Set([...paths].map((path) => path.slice(0, path.lastIndexOf("/"))))];
}
