import type { Layer, LayerCall } from "../../layers/layer.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { Model } from "../../models/functional.ts";

/**
 * How far each layer with trained weights is from the output: the layers with a trained kernel (a weight of two axes or more)
 * on the longest way behind it. A layer used in several places has the largest distance.
 *
 * @returns By path in the model: "base/conv1".
 */
export function layerDepths(
  model: Model,
  trained: ReadonlyMap<string, Parameter>,
): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const kernels = new Set([...trained.values()].filter(({ shape }) => shape.length > 1));
  walk(model, "", 0);
  return depths;

  /** Walks from the outputs to the inputs; the largest distance met, the model's own kernels included. */
  function walk(inner: Model, path: string, behind: number): number {
    const { calls, outputs } = inner.topology;
    const after = new Map<LayerCall, number>(outputs.map(({ call }) => [call, behind]));
    let most = behind;
    for (const call of calls.toReversed()) {
      const depth = visit(call.layer, `${path}${call.layer.name}`, after.get(call) ?? behind);
      most = Math.max(most, depth);
      for (const input of call.inputs) {
        after.set(input.call, Math.max(after.get(input.call) ?? behind, depth));
      }
    }
    return most;
  }

  function visit(layer: Layer, path: string, behind: number): number {
    if (layer instanceof Model) return walk(layer, `${path}/`, behind);
    depths.set(path, Math.max(depths.get(path) ?? 0, behind));
    return layer.ownParameters.some((parameter) => kernels.has(parameter)) ? behind + 1 : behind;
  }
}
