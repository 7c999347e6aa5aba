import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { toUserShape } from "./layout.ts";

export interface PermuteConfig {
  /** For each axis of a sample's result, the axis of the input that it comes from; the first axis behind the batch is 1. */
  readonly dims: readonly number[];
}

const permuteDefinition = defineLayer<PermuteConfig>({
  kind: "Permute",
  call: ({ g, context, inputs, config }) => {
    const [x] = inputs;
    const rank = x!.type.shape.length;
    if (config.dims.length !== rank - 1) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `${context.path}: dims [${config.dims.join(", ")}] order ${config.dims.length} axes, but the input [${toUserShape(x!.type.shape).join(", ")}] has ${rank - 1} behind the batch.`,
      );
    }
    const permutation = enginePermutation([0, ...config.dims]);
    return permutation.every((from, to) => from === to)
      ? x!
      : g.apply(operators.transpose, [x!], { permutation });
  },
});

/** The user's order of axes as one of the engine's. */
function enginePermutation(permutation: readonly number[]): readonly number[] {
  if (permutation.length !== 4) return permutation;
  const userAxes = [0, 3, 1, 2];
  return userAxes.map((axis) => userAxes.indexOf(permutation[axis]!));
}

/**
 * The axes of each sample in another order: `dims: [2, 1, 3]` swaps height and width.
 *
 * @throws PermafrostError INVALID_ARGUMENT unless `dims` holds each of 1 to its length once.
 */
export function permute(options: LayerOptions & PermuteConfig): DefinedLayer<PermuteConfig> {
  const { dims } = options;
  if (dims.toSorted((a, b) => a - b).some((axis, index) => axis !== index + 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `permute: dims: expected each of 1 to ${dims.length} once, got [${dims.join(", ")}].`,
    );
  }
  return new DefinedLayer(permuteDefinition, { dims }, options);
}
