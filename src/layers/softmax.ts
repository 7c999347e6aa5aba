import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import type { Shape } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { engineAxis, inversePermutation, knownSize } from "./layout.ts";

export interface SoftmaxConfig {
  /** The user's axis, or axes, along which the values share a sum of 1. */
  readonly axis: number | readonly number[];
}

const softmaxDefinition = defineLayer<SoftmaxConfig>({
  kind: "Softmax",
  call: ({ g, inputs, config }) => {
    const [x] = inputs;
    const axes = [config.axis].flat().map((axis) => engineAxis(axis, x!.type.shape.length));
    return axes.length === 1 ? g.apply(operators.softmax, [x!], { axis: axes[0]! }) : overAxes(g, x!, axes);
  },
});

/** The axes joined into a last one, and parted again. */
function overAxes(g: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const { shape } = x.type;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const permutation = [...kept, ...axes];
  const moved = g.apply(operators.transpose, [x], { permutation });
  const size = axes.reduce((product, axis) => product * knownSize(shape, axis), 1);
  const joined: Shape = [...kept.map((axis) => shape[axis]!), size];
  const rows = g.apply(operators.reshape, [moved], { shape: joined });
  const shares = g.apply(operators.softmax, [rows], {});
  const parted = g.apply(operators.reshape, [shares], { shape: moved.type.shape });
  return g.apply(operators.transpose, [parted], { permutation: inversePermutation(permutation) });
}

/**
 * e^x over the sum of e^x along an axis (default -1, the channels) or over several together. Output: the input's shape.
 *
 * @throws PermafrostError INVALID_ARGUMENT for no axis, one named twice, or several of which one is the batch.
 */
export function softmax(options: LayerOptions & Partial<SoftmaxConfig> = {}): DefinedLayer<SoftmaxConfig> {
  const axis = options.axis ?? -1;
  const axes = [axis].flat();
  if (axes.length === 0 || new Set(axes).size < axes.length || (axes.length > 1 && axes.includes(0))) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `softmax: axis: expected axes behind the batch, each once, got [${axes.join(", ")}].`,
    );
  }
  return new DefinedLayer(softmaxDefinition, { axis }, options);
}
