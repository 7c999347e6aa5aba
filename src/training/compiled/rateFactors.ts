import { BaseNetwork } from "../../applications/index.ts";
import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { Model } from "../../models/functional.ts";
import { layerDepths } from "./layerDepths.ts";

/** Learning rates of parts of a model, as factors of the optimizer's rate or schedule. */
export interface RateOptions {
  /**
   * Factors by layer: a layer's or inner model's name, a pattern with `*` ("block5_*"), or a block ("block5": the layers whose
   * names begin with it, or a block that a base network names). Where several fit, the last one counts. The others have 1.
   */
  readonly learningRates?: Readonly<Record<string, number>>;
  /**
   * Each layer with a kernel has this factor of the rate of the one after it: 0.75 gives the last layer the whole rate, the one
   * before 0.75 of it, then 0.5625, ... Layers without a kernel (normalisation) go with the one before them. Multiplied with
   * `learningRates`. Default 1.
   */
  readonly layerwiseDecay?: number;
}

/**
 * The factor of the learning rate for each trained weight, by path.
 *
 * @throws PermafrostError UNKNOWN_NAME for a name that fits no layer; INVALID_ARGUMENT for a factor that is not above 0 or a
 *   name that fits frozen layers only.
 */
export function rateFactors(
  model: Model,
  trained: ReadonlyMap<string, Parameter>,
  { learningRates = {}, layerwiseDecay = 1 }: RateOptions,
): ReadonlyMap<string, number> {
  checkFactor("layerwiseDecay", layerwiseDecay);
  const depths = layerwiseDecay === 1 ? undefined : layerDepths(model, trained);
  const factors = new Map(
    [...trained.keys()].map((path) => [path, layerwiseDecay ** (depths?.get(layerOf(path)) ?? 0)]),
  );
  const given = new Map<string, number>();
  const parts = new Map([...model.namedParameters().keys()].map((path) => [path, partsOf(model, path)]));
  for (const [name, factor] of Object.entries(learningRates)) {
    checkFactor(`learningRates: ${name}`, factor);
    const exact = [...parts].filter(([, names]) => names.includes(name));
    const near = [...parts].filter(([, names]) => names.some((part) => fits(name, part)));
    const fitting = exact.length > 0 ? exact : near;
    const paths = fitting.map(([path]) => path).filter((path) => trained.has(path));
    if (fitting.length === 0) throw unknownLayer(model, name, [...parts.values()].flat());
    if (paths.length === 0) throw frozenLayer(model, name);
    for (const path of paths) given.set(path, factor);
  }
  for (const [path, factor] of given) factors.set(path, factor * factors.get(path)!);
  return factors;
}

/** Path of the layer that a weight belongs to. */
function layerOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** What a weight's layer can be called: its path, every model on the way to it, and their blocks. */
function partsOf(model: Model, path: string): readonly string[] {
  const names = layerOf(path).split("/");
  const blocks: string[] = [];
  let inner = model;
  for (const name of names) {
    const layers: readonly Layer[] = inner.layers;
    const place = layers.findIndex((layer) => layer.name === name);
    if (inner instanceof BaseNetwork) blocks.push(...blockAt(inner, place));
    const next = layers[place];
    if (!(next instanceof Model)) break;
    inner = next;
  }
  return [layerOf(path), ...names, ...blocks];
}

/** The block that a layer of a base network belongs to. */
function blockAt({ application, layers }: BaseNetwork, place: number): readonly string[] {
  const begun = application.blocks.filter(
    ({ firstLayer }) => layers.findIndex(({ name }) => name === firstLayer) <= place,
  );
  return begun.slice(-1).map(({ name }) => name);
}

/** Whether a pattern or the beginning of names fits. */
function fits(name: string, part: string): boolean {
  if (!name.includes("*")) return part.startsWith(`${name}_`);
  const pattern = name
    .split("*")
    .map((text) => text.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(part);
}

function checkFactor(what: string, factor: number): void {
  if (factor > 0 && Number.isFinite(factor)) return;
  const advice = factor === 0 ? " To leave layers as they are, set trainable = false on them." : "";
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected a factor of the learning rate above 0, got ${factor}.${advice}`,
  );
}

function unknownLayer(model: Model, name: string, known: readonly string[]): PermafrostError {
  const names = [...new Set(known)];
  const shown = names.length > 20 ? `${names.slice(0, 20).join(", ")}, ...` : names.join(", ");
  return new PermafrostError(
    "UNKNOWN_NAME",
    `learningRates: ${model.name} has no layer with weights that ${JSON.stringify(name)} fits.${didYouMean(name, names)} There is ${shown}.`,
    { details: { name, known: names } },
  );
}

function frozenLayer(model: Model, name: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `learningRates: all layers of ${model.name} that ${JSON.stringify(name)} fits are frozen. Set trainable = true on them before compile, or leave the name out.`,
  );
}
