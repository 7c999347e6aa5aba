import { PermafrostError } from "../base/errors.ts";
import type { Layer, LayerCall, SymbolicTensor } from "../layers/layer.ts";

/** How the layers of a network hang together. */
export interface Topology {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** The uses of layers, each behind those it needs; without the inputs. */
  readonly calls: readonly LayerCall[];
  /** Layers by depth (longest way to an output, largest first), equals as a walk from the outputs meets them: Keras's order. */
  readonly layers: readonly Layer[];
}

/**
 * Walks from the outputs back to the inputs.
 *
 * @throws PermafrostError GRAPH_INVALID when an output needs data that is not among the inputs.
 */
export function topologyOf(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): Topology {
  const walk = new Walk(inputs);
  for (const output of outputs) walk.visit(output);
  for (const input of inputs) walk.meet(input.call.layer);
  const depths = layerDepths(walk.calls, inputs);
  const layers = [...walk.layers].sort((a, b) => depths.get(b)! - depths.get(a)!);
  const isInput = new Set(inputs.map((input) => input.call));
  return { inputs, outputs, calls: walk.calls.filter((call) => !isInput.has(call)), layers };
}

class Walk {
  /** In the order in which they are met: the output's layer first. */
  readonly layers = new Set<Layer>();
  /** In the order in which they can be run. */
  readonly calls: LayerCall[] = [];
  readonly #done = new Set<LayerCall>();
  readonly #inputs: ReadonlySet<SymbolicTensor>;

  constructor(inputs: readonly SymbolicTensor[]) {
    this.#inputs = new Set(inputs);
  }

  meet(layer: Layer): void {
    this.layers.add(layer);
  }

  /** Depth first without recursion: networks may have hundreds of layers in a row. */
  visit(output: SymbolicTensor): void {
    const stack = [{ call: output.call, next: 0 }];
    this.#enter(output);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const input = this.#done.has(top.call) ? undefined : top.call.inputs[top.next++];
      if (input === undefined) {
        this.#finish(top.call);
        stack.pop();
      } else if (!this.#done.has(input.call)) {
        this.#enter(input);
        if (this.#inputs.has(input)) this.#finish(input.call);
        else stack.push({ call: input.call, next: 0 });
      }
    }
  }

  #enter(tensor: SymbolicTensor): void {
    this.meet(tensor.call.layer);
    if (tensor.call.inputs.length === 0 && !this.#inputs.has(tensor)) {
      throw new PermafrostError(
        "GRAPH_INVALID",
        `model: its outputs need the input ${JSON.stringify(tensor.call.layer.name)}, which is not among the model's inputs.`,
      );
    }
    if (this.#inputs.has(tensor)) this.#finish(tensor.call);
  }

  #finish(call: LayerCall): void {
    if (this.#done.has(call)) return;
    this.#done.add(call);
    this.calls.push(call);
  }
}

/** For each layer the longest way from one of its uses to an output, in layers. */
function layerDepths(
  calls: readonly LayerCall[],
  inputs: readonly SymbolicTensor[],
): ReadonlyMap<Layer, number> {
  const callDepths = new Map<LayerCall, number>();
  const layerDepth = new Map<Layer, number>();
  for (const call of calls.toReversed()) {
    const depth = Math.max(callDepths.get(call) ?? 0, layerDepth.get(call.layer) ?? 0);
    callDepths.set(call, depth);
    layerDepth.set(call.layer, depth);
    for (const { call: source } of call.inputs) {
      callDepths.set(source, Math.max(callDepths.get(source) ?? 0, depth + 1));
    }
  }
  for (const { call } of inputs) if (!layerDepth.has(call.layer)) layerDepth.set(call.layer, 0);
  return layerDepth;
}
