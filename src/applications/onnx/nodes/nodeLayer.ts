import type { Value } from "../../../graph/graph.ts";
import type { CallContext } from "../../../layers/context.ts";
import { Layer } from "../../../layers/layer.ts";
import type { Parameter } from "../../../layers/parameter.ts";
import type { PlainNode } from "../../../onnx/model/plainNodes.ts";
import type { Fixed } from "./fixed.ts";
import { NodeBuild, type NodeRule } from "./nodeRule.ts";

/** Where an input of a node comes from: from another layer (by place among the layer's inputs), a weight, or it is known. */
export type Operand =
  | { readonly kind: "computed"; readonly place: number }
  | { readonly kind: "weight"; readonly parameter: Parameter }
  | { readonly kind: "fixed"; readonly fixed: Fixed };

/** One node of an ONNX model as a layer. Its weights are held as the model holds them. */
export class NodeLayer extends Layer {
  /** ONNX's operator. */
  readonly kind: string;
  readonly built = true;
  readonly #node: PlainNode;
  readonly #rule: NodeRule;
  readonly #operands: readonly (Operand | undefined)[];
  readonly #opset: number;

  constructor(
    name: string,
    parts: {
      readonly node: PlainNode;
      readonly rule: NodeRule;
      readonly operands: readonly (Operand | undefined)[];
      readonly opset: number;
    },
  ) {
    super({ name });
    this.kind = parts.node.opType;
    this.#node = parts.node;
    this.#rule = parts.rule;
    this.#operands = parts.operands;
    this.#opset = parts.opset;
  }

  get ownParameters(): readonly Parameter[] {
    const weights = this.#operands.flatMap((operand) =>
      operand?.kind === "weight" ? [operand.parameter] : [],
    );
    return [
      ...weights.filter((one) => one.createdTrainable),
      ...weights.filter((one) => !one.createdTrainable),
    ];
  }

  get innerLayers(): readonly Layer[] {
    return [];
  }

  build(): void {}

  call(context: CallContext, inputs: readonly Value[]): readonly Value[] {
    const operands = this.#operands.map((operand) => {
      if (operand?.kind === "computed") return inputs[operand.place]!;
      return operand?.kind === "weight" ? context.parameter(operand.parameter) : operand?.fixed;
    });
    const build = new NodeBuild({
      g: context.g,
      node: this.#node,
      opset: this.#opset,
      isTraining: context.mode === "train" && this.trainable,
      operands,
      update: (place, value) => {
        const operand = this.#operands[place];
        if (operand?.kind === "weight") context.update(operand.parameter, value);
      },
    });
    const results = this.#rule.build(build);
    return "source" in results ? [results] : results;
  }
}
