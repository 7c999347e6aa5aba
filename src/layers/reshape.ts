import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { toChannelsFirst, toChannelsLast } from "./channels.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface ReshapeConfig {
  /** Shape of one sample; one size may be -1: what is left over. */
  readonly targetShape: readonly number[];
}

const reshapeDefinition = defineLayer<ReshapeConfig>({
  kind: "Reshape",
  call: ({ g, context, inputs, config }) => {
    const x = toChannelsLast(g, inputs[0]!);
    const shape = fillIn(config.targetShape, elementsPerSample(x.type.shape), context.path);
    return toChannelsFirst(g, g.apply(operators.reshape, [x], { shape: ["batch", ...shape] }));
  },
});

function fillIn(target: readonly number[], size: number, path: string): readonly number[] {
  const known = target.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const shape = target.map((n) => (n === -1 ? size / known : n));
  const fits =
    shape.every((n) => Number.isInteger(n)) && shape.reduce((product, n) => product * n, 1) === size;
  if (fits && target.filter((n) => n === -1).length <= 1) return shape;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${path}: ${size} elements a sample do not fit the target shape [${target.join(", ")}].`,
  );
}

/** Gives each sample another shape, elements in Keras's order (height, width, channels). */
export function reshape(options: LayerOptions & ReshapeConfig): DefinedLayer<ReshapeConfig> {
  return new DefinedLayer(reshapeDefinition, { targetShape: options.targetShape }, options);
}
