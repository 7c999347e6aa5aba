import { modelFromBundle } from "../recipes/classifier/classifierBundle.ts";
import { loadBundle } from "../saving/loadBundle.ts";
import { trainableBase } from "./baseNetwork.ts";
import { Sequential } from "./networks.ts";

/**
 * A classifier from its bundle folder, with frozen base network; ready for `predict`, or for `compile` and more training.
 * Every digest in the bundle is checked, and nothing in it is run.
 *
 * @throws PermafrostError NOT_FOUND, BUNDLE_INVALID, BUNDLE_NEWER, DIGEST_MISMATCH or WEIGHTS_INVALID.
 */
export async function load(folder: string): Promise<Sequential> {
  const { model, base } = await modelFromBundle(await loadBundle(folder), folder);
  return new Sequential({ name: model.name, layers: [trainableBase(base), ...model.layers.slice(1)] });
}
