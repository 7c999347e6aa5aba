import type { Layer } from "../../layers/layer.ts";
import { Model } from "../../models/functional.ts";
import type { Compiled } from "./compile.ts";

/**
 * What a user who froze layers may not expect of a training, in sentences: moving statistics that change inside a model
 * shown as frozen, and weights shown as trainable that no loss reaches.
 *
 * @param updated - Paths of the weights that have a gradient.
 */
export function freezingRemarks(compiled: Compiled, updated: ReadonlySet<string>): readonly string[] {
  const { model, statistics, trained } = compiled;
  const frozen = frozenModels(model, "");
  const moving = [...statistics.keys()].filter((path) => frozen.some((place) => path.startsWith(place)));
  const unreached = [...trained.keys()].filter((path) => !updated.has(path));
  return [
    ...(moving.length === 0
      ? []
      : [
          `BatchNormalization in a frozen model will go on to change its statistics, as its own trainable is true: ${layersOf(moving)}. ` +
            "Set it to false to freeze all of the model.",
        ]),
    ...(unreached.length === 0
      ? []
      : [
          `no loss depends on these layers, so they stay as they are though trainable: ${layersOf(unreached)}.`,
        ]),
  ];
}

/** Paths of the models inside a model that are frozen as a whole, each ending with "/". */
function frozenModels(model: Model, path: string): readonly string[] {
  return model.innerLayers.flatMap((layer: Layer) => {
    if (!(layer instanceof Model)) return [];
    const own = `${path}${layer.name}/`;
    return layer.trainable ? frozenModels(layer, own) : [own];
  });
}

function layersOf(paths: readonly string[]): string {
  const layers = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))))];
  return layers.slice(0, 5).join(", ") + (layers.length > 5 ? ` and ${layers.length - 5} more` : "");
}
