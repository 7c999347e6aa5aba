import { messageOf, PermafrostError } from "../../../base/errors.ts";
import type { SymbolicTensor } from "../../../layers/layer.ts";
import { toEngineShape } from "../../../layers/layout.ts";
import { Parameter } from "../../../layers/parameter.ts";
import type { PlainGraph, PlainNode } from "../../../onnx/model/plainNodes.ts";
import type { Shape } from "../../../tensor/shape.ts";
import { type Fixed, fixedOf, tensorOfFixed } from "./fixed.ts";
import { ruleOf } from "./index.ts";
import { type Known, onHeads, shortcut, withHeads } from "./knownValue.ts";
import { layerNameOf } from "./layerName.ts";
import { NodeLayer, type Operand } from "./nodeLayer.ts";

export interface ImportRequest {
  readonly graph: PlainGraph;
  /** Values that are there already. */
  readonly given: ReadonlyMap<string, SymbolicTensor>;
  /** Values below, of which the shape may be asked. */
  readonly below: ReadonlyMap<string, Shape>;
  readonly output: string;
  /** The refusal of a node, with what to do. */
  readonly refuse: (node: PlainNode, reason: string) => PermafrostError;
}

/** The layers that compute a value, node by node. @returns The value, and the layers' names by the nodes'. */
export function importNodes(request: ImportRequest): {
  readonly tensor: SymbolicTensor;
  readonly layers: ReadonlyMap<PlainNode, string>;
} {
  const importer = new Importer(request);
  for (const node of neededNodes(request)) importer.add(node);
  const result = importer.known.get(request.output);
  if (result?.kind === "computed") return { tensor: result.tensor, layers: importer.layers };
  throw new PermafrostError(
    "NO_GRADIENT",
    `${request.output}: it is not computed from the picture by operators that have a gradient.`,
  );
}

/** The nodes between what is given and the output. */
function neededNodes({ graph, given, below, output }: ImportRequest): readonly PlainNode[] {
  const needed = new Set([output]);
  const found: PlainNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    const isWanted = node.outputs.some((name) => needed.has(name) && !given.has(name) && !below.has(name));
    if (!isWanted) continue;
    found.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  return found.reverse();
}

type KnownTensor = Known<SymbolicTensor>;

const engineShape = ({ shape }: SymbolicTensor): Shape => toEngineShape(shape);

class Importer {
  readonly known = new Map<string, KnownTensor>();
  readonly layers = new Map<PlainNode, string>();
  readonly #request: ImportRequest;
  readonly #names = new Map<string, number>([
    ["input_layer", 1],
    ["frozen", 1],
  ]);
  readonly #parameters = new Map<string, { readonly form: string; readonly parameter: Parameter }>();

  constructor(request: ImportRequest) {
    this.#request = request;
    for (const [name, shape] of request.below) this.known.set(name, { kind: "shape", shape });
    for (const [name, tensor] of request.given) this.known.set(name, { kind: "computed", tensor });
  }

  add(node: PlainNode): void {
    try {
      const inputs = node.inputs.map((name) => (name === "" ? undefined : this.#find(name)));
      const result = shortcut(node, inputs, engineShape) ?? this.#layer(node, inputs);
      for (const [index, name] of node.outputs.entries()) {
        const known = result[index];
        if (known !== undefined && name !== "") this.known.set(name, known);
      }
    } catch (error) {
      // What the rules, the shapes or the attributes of our operators refuse.
      if (!(error instanceof PermafrostError)) throw error;
      throw this.#request.refuse(node, messageOf(error).replace(/\.$/, ""));
    }
  }

  #find(name: string): KnownTensor | undefined {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const tensor = this.#request.graph.initializer(name);
    if (tensor === undefined) return undefined;
    const found: KnownTensor = { kind: "fixed", fixed: fixedOf(tensor, name) };
    this.known.set(name, found);
    return found;
  }

  #layer(node: PlainNode, inputs: readonly (KnownTensor | undefined)[]): readonly KnownTensor[] {
    const rule = ruleOf(node);
    if (rule === undefined) throw new PermafrostError("NO_GRADIENT", "this operator has no gradient rule");
    const isMerged = inputs.some((input) => input?.kind === "merged");
    const tensors: SymbolicTensor[] = [];
    const operands = inputs.map((input, place): Operand | undefined => {
      if (input === undefined) return undefined;
      if (input.kind === "fixed") return this.#fixedOperand(node, place, input.fixed);
      if (input.kind !== "computed" && input.kind !== "merged")
        throw new PermafrostError("NO_GRADIENT", "it uses more than the shape of a value below");
      if (isMerged && (input.kind !== "merged" || !onHeads.has(node.opType)))
        throw new PermafrostError("NO_GRADIENT", "the batch and the heads are one axis there");
      tensors.push(input.tensor);
      return { kind: "computed", place: tensors.length - 1 };
    });
    const name = this.#nameOf(node);
    const { opset } = this.#request.graph;
    const parts = { node: isMerged ? withHeads(node) : node, rule, operands, opset };
    const results = new NodeLayer(name, parts).applyAll(tensors);
    this.layers.set(node, name);
    return results.map((tensor) => ({ kind: isMerged ? "merged" : "computed", tensor }));
  }

  #fixedOperand(node: PlainNode, place: number, fixed: Fixed): Operand {
    const { weights = [], statistics = [] } = ruleOf(node) ?? {};
    const isWeight = (weights === "all" || weights.includes(place)) && fixed.isFloat;
    if (!isWeight || fixed.weight === undefined) return { kind: "fixed", fixed };
    const isTrained = !statistics.includes(place);
    return {
      kind: "weight",
      parameter: this.#parameter(fixed, fixed.weight, node.inputs[place]!, isTrained),
    };
  }

  /** One parameter for each initialiser, however many nodes use it. */
  #parameter(fixed: Fixed, weight: string, form: string, isTrained: boolean): Parameter {
    const seen = this.#parameters.get(weight);
    if (seen?.form === form) return seen.parameter;
    if (seen !== undefined)
      throw new PermafrostError("NO_GRADIENT", `the weight ${weight} is used in two forms`);
    const { shape } = fixed;
    const spec = {
      name: layerNameOf(weight),
      shape,
      initializer: { kind: "constant", value: 0 },
      trainable: isTrained,
    } as const;
    const parameter = new Parameter(spec, true);
    parameter.set(tensorOfFixed(fixed)!);
    this.#parameters.set(weight, { form, parameter });
    return parameter;
  }

  #nameOf(node: PlainNode): string {
    const name = layerNameOf(node.name);
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return count === 0 ? name : this.#nameOf({ ...node, name: `${name}_${count}` });
  }
}
