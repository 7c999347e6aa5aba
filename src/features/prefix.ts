import { PermafrostError } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { type Dimension, showType } from "../tensor/shape.ts";

/** What extraction needs to know of a frozen prefix. */
export interface PrefixSignature {
  readonly input: string;
  readonly height: number;
  readonly width: number;
  readonly output: string;
  /** Shape of one feature: [C], [C, H, W], ... */
  readonly shape: readonly number[];
  /** The output is the input: features are the preprocessed pixels themselves and no engine is needed. */
  readonly trivial: boolean;
}

/**
 * Holds a graph against what a prefix must be: one data input float32[batch, 3, H, W], one output float32[batch, ...]
 * of fixed size, parameters bound as constants.
 *
 * @throws PermafrostError GRAPH_INVALID naming what is wrong.
 */
export function prefixSignature(graph: Graph): PrefixSignature {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0 || input.source.kind !== "input") {
    throw invalid(
      `expected one input, got ${graph.inputs.map((each) => each.name).join(", ") || "none"}. Bind parameters as constants`,
    );
  }
  if (input.source.role.kind !== "data") {
    throw invalid(
      `expected input ${input.name} to be data, got ${input.source.role.kind}. Bind parameters as constants`,
    );
  }
  const [, channels, height, width] = input.type.shape;
  const isPicture =
    input.type.dtype === "float32" && input.type.shape[0] === "batch" && input.type.shape.length === 4;
  if (!isPicture || channels !== 3 || typeof height !== "number" || typeof width !== "number") {
    throw invalid(
      `expected input ${input.name} float32[batch, 3, height, width], got ${showType(input.type)}`,
    );
  }
  const [output, ...more] = graph.outputs;
  if (output === undefined || more.length > 0)
    throw invalid(`expected one output, got ${graph.outputs.length}`);
  const [batch, ...shape] = output.type.shape;
  if (output.type.dtype !== "float32" || batch !== "batch" || !isFixed(shape)) {
    throw invalid(
      `expected output ${output.name} float32[batch, ...] of fixed size, got ${showType(output.type)}`,
    );
  }
  return { input: input.name, height, width, output: output.name, shape, trivial: output === input };
}

function isFixed(shape: readonly Dimension[]): shape is readonly number[] {
  return shape.every((dimension) => typeof dimension === "number");
}

function invalid(text: string): PermafrostError {
  return new PermafrostError("GRAPH_INVALID", `frozen prefix: ${text}.`);
}
