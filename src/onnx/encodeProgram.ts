import { PermafrostError } from "../base/errors.ts";
import { subgraph } from "../graph/bind.ts";
import type { Graph } from "../graph/graph.ts";
import { type EncodeOptions, encodeModel } from "./encode.ts";
import { type OpaqueFacts, opaqueModelOf, opaqueNodes } from "./opaque.ts";

/** A model that runs before the rest of a program. */
export interface EncodedStage extends Omit<OpaqueFacts, "weights"> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The program's names of what it takes and gives. */
  readonly from: string;
  readonly to: string;
}

/** A graph with models of others in it, in the order in which they run. */
export interface EncodedChain {
  readonly stages: readonly EncodedStage[];
  /** What comes behind them; left out: nothing. */
  readonly model?: Uint8Array<ArrayBuffer>;
  readonly outputs: readonly string[];
}

/** What the engine loads. */
export type EncodedProgram = Uint8Array<ArrayBuffer> | EncodedChain;

/**
 * A graph in the form that the engine loads: one ONNX model, or where parts of it are models of their own, these and one for
 * the rest.
 *
 * @throws PermafrostError GRAPH_INVALID if such a part takes up something that is computed.
 */
export function encodeProgram(graph: Graph, options: EncodeOptions = {}): EncodedProgram {
  const parts = opaqueNodes(graph);
  if (parts.length === 0) return encodeModel(graph, options);
  const stages = parts.map(({ node, value }): EncodedStage => {
    const [from] = node.inputs;
    if (from?.source.kind !== "input")
      throw new PermafrostError(
        "GRAPH_INVALID",
        `${value.name}: expected a model to take up an input, got ${from?.name}.`,
      );
    const { bytes, facts } = opaqueModelOf(node)!;
    const { input, output, inputShape, outputShape, samples } = facts;
    return { bytes, input, output, inputShape, outputShape, samples, from: from.name, to: value.name };
  });
  const given = new Set(parts.map(({ value }) => value));
  const outputs = [...new Set(graph.outputs.map(({ name }) => name))];
  if (graph.outputs.every((output) => given.has(output))) return { stages, outputs };
  const rest = subgraph(graph, [...given], graph.outputs);
  return { stages, outputs, model: encodeModel(rest, options) };
}
