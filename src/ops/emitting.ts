import type { OnnxEmitter } from "../graph/operator.ts";
import { int64s } from "./axes.ts";

type NodeParameters = Parameters<OnnxEmitter["node"]>;
type ApplyParameters = [NodeParameters[0], NodeParameters[1], NodeParameters[3]?, NodeParameters[4]?];

/** Adds an ONNX node with one result; hands back the result's name. */
export function applyOnnx(
  onnx: OnnxEmitter,
  ...[opType, inputs, attributes, domain]: ApplyParameters
): string {
  const name = onnx.temporary();
  onnx.node(opType, inputs, [name], attributes, domain);
  return name;
}

/** @param sizes - As ONNX has them: 0 keeps an axis, -1 takes what is left. */
export function reshapeOnnx(onnx: OnnxEmitter, x: string, sizes: readonly number[]): string {
  return applyOnnx(onnx, "Reshape", [x, onnx.constant(int64s(sizes))]);
}
