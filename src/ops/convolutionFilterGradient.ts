import type { OnnxEmitter, Operator, TypedNode, Workspace } from "../graph/operator.ts";
import { type Conv2dAttributes, conv2d } from "./convolution.ts";
import {
  denseFilterGradient,
  denseFilterWorkspace,
  depthwiseFilterGradient,
  groupedFilterGradient,
  pointwiseFilterGradient,
} from "./filterGradient.ts";
import type { FilterGradientParts, FilterGradientShape } from "./filterGradientParts.ts";
import { imageSize } from "./imageSize.ts";
import {
  expectInputs,
  expectNumber,
  expectRank,
  expectSameDType,
  expectShape,
  type Pair,
} from "./signature.ts";
import { windowCount, windowOf } from "./window.ts";
import { filterGradientByWinograd, isFilterBetterByWinograd, winogradFilterWorkspace } from "./winograd.ts";

export interface Conv2dFilterGradientAttributes extends Conv2dAttributes {
  /** Height and width of the filters. */
  readonly filterSize: Pair;
}

/**
 * The gradient of conv2d by its filters: x [N, C, H, W], dy [N, K, rows, columns] to [K, C / groups, h, w].
 */
export const conv2dFilterGradient: Operator<"conv2dFilterGradient", Conv2dFilterGradientAttributes> = {
  name: "conv2dFilterGradient",
  infer(inputs, attributes) {
    expectInputs(inputs, 2);
    expectSameDType(inputs);
    const [x, dy] = inputs;
    expectRank(x!, 4, "[batch, channels, height, width]");
    expectRank(dy!, 4, "[batch, filters, rows, columns]");
    const channels = expectNumber("channels", x!.shape[1]) / (attributes.groups ?? 1);
    const filters = expectNumber("filters", dy!.shape[1]);
    const gradient = { dtype: x!.dtype, shape: [filters, channels, ...attributes.filterSize] };
    expectShape("dy", dy!, conv2d.infer([x!, gradient], attributes)[0]!.shape);
    return [gradient];
  },
  workspace(node) {
    const { groups = 1 } = node.attributes;
    const shape = filterGradientShape(node);
    return filterGradientForm(shape, groups).workspace(shape, groups);
  },
  lower(onnx, node) {
    const { groups = 1 } = node.attributes;
    const [x, dy] = node.inputs;
    const parts: FilterGradientParts = { ...filterGradientShape(node), x: x!, dy: dy! };
    const gradient = filterGradientForm(parts, groups).write(onnx, parts, groups);
    onnx.node("Identity", [gradient], node.outputs);
  },
  mixesBatch: () => true,
};

function filterGradientShape({
  inputTypes,
  outputTypes,
  attributes,
}: TypedNode<Conv2dFilterGradientAttributes>): FilterGradientShape {
  const window = windowOf(attributes.filterSize, attributes);
  const size = imageSize(inputTypes[0]!);
  return {
    imageSize: size,
    counts: windowCount(size, window),
    window,
    shape: outputTypes[0]!.shape.map(Number),
  };
}

/** One way to compute a filter gradient. */
interface FilterGradientForm {
  write(onnx: OnnxEmitter, parts: FilterGradientParts, groups: number): string;
  workspace(shape: FilterGradientShape, groups: number): Workspace;
}

const byWinograd: FilterGradientForm = {
  write: filterGradientByWinograd,
  workspace: winogradFilterWorkspace,
};
const dense: FilterGradientForm = { write: denseFilterGradient, workspace: denseFilterWorkspace };
const pointwise: FilterGradientForm = {
  write: pointwiseFilterGradient,
  workspace: ({ shape }) => ({ passing: shape[0]! * shape[1]! }),
};
const depthwise: FilterGradientForm = { write: depthwiseFilterGradient, workspace: copiesOfBoth };
const grouped: FilterGradientForm = { write: groupedFilterGradient, workspace: copiesOfBoth };

/** About: both sides once and the picture, padded or the part of it that one place met, once more. */
function copiesOfBoth({ shape, imageSize, counts }: FilterGradientShape, groups: number): Workspace {
  const picture = shape[1]! * groups * imageSize[0] * imageSize[1];
  return { passing: 2 * picture + shape[0]! * counts[0] * counts[1] };
}

function filterGradientForm(
  { window, shape, counts }: FilterGradientShape,
  groups: number,
): FilterGradientForm {
  const isPointwise =
    [...window.size, ...window.strides].every((size) => size === 1) && window.pads.every((pad) => pad === 0);
  if (groups === 1) {
    const parts = { window, filters: shape[0]!, channels: shape[1]!, counts };
    if (isFilterBetterByWinograd(parts)) return byWinograd;
    return isPointwise ? pointwise : dense;
  }
  return shape[0] === groups && shape[1] === 1 ? depthwise : grouped;
}
