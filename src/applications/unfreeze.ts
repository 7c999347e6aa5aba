import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import type { Layer } from "../layers/layer.ts";
import type { BaseNetwork } from "./application.ts";
import { layerNameOf } from "./onnx/nodes/layerName.ts";

/** What the recipes unfreeze where nothing is said. */
export const usualPart = { "fine-tune": "last:3", gradual: "last:3" } as const;

/**
 * From which layer on a base network is trained, as a place in `base.layers`.
 *
 * @param part - `all`; `last:3`: the last three blocks; `from:<layer>`: this layer and all behind it; or a block's name: this
 *   block and all behind it.
 * @throws PermafrostError UNKNOWN_NAME that lists the names; INVALID_ARGUMENT when no weight would be trained.
 */
export function unfrozenFrom(base: BaseNetwork, part: string): number {
  const place = placeOf(base, part.trim());
  if (base.layers.slice(place).some(hasTrainable)) return place;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `unfreeze ${JSON.stringify(part)}: no layer of ${base.name} from ${base.layers[place]?.name} on has weights to train, so only the head would be trained. ` +
      `Name a layer further below, such as from:${base.layers.findLast(hasTrainable)?.name}.`,
  );
}

/** Trains the layers from a place on and freezes those below; left out: freezes all. Takes effect at the next `compile`. */
export function freezeBelow(base: BaseNetwork, place: number | undefined): void {
  base.trainable = place !== undefined;
  for (const layer of base.layers.slice(0, place)) layer.trainable = false;
}

/**
 * The places of gradual unfreezing: the last block, the last two, ... down to the given place.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a network whose blocks are not known.
 */
export function gradualPlaces(base: BaseNetwork, lowest: number): readonly number[] {
  const above = blockPlaces(base).filter(
    (place) => place > lowest && base.layers.slice(place).some(hasTrainable),
  );
  return [...above.reverse(), lowest];
}

/** Name of the block that begins at a place, else of the layer there. */
export function placeName(base: BaseNetwork, place: number): string {
  const name = base.layers[place]!.name;
  return base.application.blocks.find(({ firstLayer }) => firstLayer === name)?.name ?? name;
}

function placeOf(base: BaseNetwork, part: string): number {
  const { blocks } = base.application;
  if (part === "all") return 0;
  const [, count] = /^last:([1-9]\d{0,5})$/.exec(part) ?? [];
  if (count !== undefined) {
    const places = blockPlaces(base);
    return places[Math.max(0, places.length - Number(count))]!;
  }
  const given = part.replace(/^from:/, "");
  const wanted = base.onnx === undefined ? given : layerNameOf(given);
  const block = blocks.find(({ name }) => name === wanted);
  const isLayer = part.startsWith("from:") || base.onnx !== undefined;
  const name = block?.firstLayer ?? (isLayer ? wanted : undefined);
  const place = base.layers.findIndex((layer) => layer.name === name);
  if (place < 0) throw unknownPart(base, part);
  return place;
}

function blockPlaces(base: BaseNetwork): number[] {
  const { blocks } = base.application;
  if (blocks.length === 0) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${base.name}: its blocks are not known. Name a layer: from:<layer>, one of ${layerNames(base).join(", ")}; or take all.`,
    );
  }
  return blocks.map(({ firstLayer }) => base.layers.findIndex(({ name }) => name === firstLayer));
}

function unknownPart(base: BaseNetwork, part: string): PermafrostError {
  const blocks = base.application.blocks.map(({ name }) => name);
  const layers = layerNames(base);
  const isLayer = part.startsWith("from:");
  const given = isLayer ? part.slice("from:".length) : part;
  const known = isLayer ? [...layers, ...blocks] : [...blocks, "all", "last:3"];
  return new PermafrostError(
    "UNKNOWN_NAME",
    `unfreeze ${JSON.stringify(part)}: ${base.name} has no such ${isLayer ? "layer" : "block"}.${didYouMean(given, known)} ` +
      `Expected all, last:<number of blocks>, a block (${blocks.join(", ") || "none known"}) or from:<layer>, one of ${layers.join(", ")}.`,
    { details: { name: part, known } },
  );
}

function layerNames(base: BaseNetwork): readonly string[] {
  return base.layers.filter(hasTrainable).map(({ name }) => name);
}

function hasTrainable(layer: Layer): boolean {
  return layer.weights.some(({ createdTrainable }) => createdTrainable);
}
