import type { Layer, LayerCall, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "../models/functional.ts";

/** A network without models in it: the same layers and weights, called one by one. */
export interface InlinedNetwork {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Each behind those it needs. */
  readonly calls: readonly LayerCall[];
}

/**
 * Takes the models in a model apart, so that it can be cut and frozen at any of their layers. A layer whose name another one has is
 * renamed to `<model>_<layer>`.
 */
export function inlineModels(model: Model): InlinedNetwork {
  const walk = new InliningWalk(model.inputs.map(({ call }) => call.layer));
  const outputs = walk.model(model, model.inputs, { path: "", training: undefined });
  return { inputs: model.inputs, outputs, calls: walk.calls };
}

/** Where a model is met: names of the models around it, and the mode that they are called in. */
interface Place {
  readonly path: string;
  readonly training: boolean | undefined;
}

class InliningWalk {
  readonly calls: LayerCall[] = [];
  readonly #known: Map<string, Layer>;

  constructor(inputs: readonly Layer[]) {
    this.#known = new Map(inputs.map((layer) => [layer.name, layer]));
  }

  model(model: Model, inputs: readonly SymbolicTensor[], place: Place): readonly SymbolicTensor[] {
    const values = new Map(model.inputs.map((input, index) => [input, inputs[index]!]));
    for (const call of model.topology.calls) {
      const taken = call.inputs.map((input) => values.get(input)!);
      const results = this.#call(call, taken, { ...place, training: call.training ?? place.training });
      for (const [index, result] of results.entries()) values.set(call.outputs[index]!, result);
    }
    return model.outputs.map((output) => values.get(output)!);
  }

  #call({ layer }: LayerCall, inputs: readonly SymbolicTensor[], place: Place): readonly SymbolicTensor[] {
    const { path, training } = place;
    if (layer instanceof Model) return this.model(layer, inputs, { path: `${path}${layer.name}_`, training });
    const results = layer.applyAll(inputs, training === undefined ? {} : { training });
    const other = this.#known.get(layer.name);
    if (other !== undefined && other !== layer) layer.rename(`${path}${layer.name}`);
    this.#known.set(layer.name, layer);
    this.calls.push(results[0]!.call);
    return results;
  }
}
