import type { NodeProto } from "../../onnx/gen/onnx_pb.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { plainGraph } from "../../onnx/model/plainNodes.ts";
import { elementTypes, floatTypes } from "../../onnx/model/protoTensor.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { nodeShapes } from "./nodes/nodeShapes.ts";
import type { Trial, TrialSize } from "./trial.ts";

/**
 * The types of values of a model whose weights were not read, by our own rules for its operators: no other process, no ONNX Runtime.
 * Undefined where these do not tell all of them: another operator, elements that are no float32, samples that meet on one axis.
 *
 * @param values - In the graph's order.
 * @throws PermafrostError SHAPE_MISMATCH for inputs that are no pictures.
 */
export function ruledShapes(
  structure: OnnxModel,
  values: readonly string[],
  size: TrialSize,
  where: string,
): Trial["shapes"] | undefined {
  const output = values.at(-1);
  if (output === undefined || hasOtherFloats(structure)) return undefined;
  const input = pictureInput(structure.graph!, [output], where);
  if (input.elementType !== elementTypes.float32) return undefined;
  const { height = size.height, width = size.width } = input;
  const sizes = input.layout === "channels last" ? [height, width, 3] : [3, height, width];
  const shapes = nodeShapes(plainGraph(structure, output), { name: input.name, shape: ["batch", ...sizes] });
  const found = new Map<string, { readonly dtype: string; readonly shape: readonly number[] }>();
  for (const value of values) {
    const [count, ...shape] = shapes.get(value) ?? [];
    const known = shape.filter((each) => each !== "batch");
    if (count !== "batch" || known.length < shape.length) return undefined;
    found.set(value, { dtype: "float32", shape: known });
  }
  return found;
}

/** Our rules take all floats for float32. */
function hasOtherFloats({ graph }: OnnxModel): boolean {
  return (
    graph!.initializer.some(({ dataType }) => isOtherFloat(dataType)) || graph!.node.some(makesOtherFloats)
  );
}

function makesOtherFloats({ attribute }: NodeProto): boolean {
  return attribute.some(
    ({ name, i, t }) => (name === "to" && isOtherFloat(Number(i))) || isOtherFloat(t?.dataType ?? 0),
  );
}

function isOtherFloat(type: number): boolean {
  return floatTypes.has(type) && type !== elementTypes.float32;
}
