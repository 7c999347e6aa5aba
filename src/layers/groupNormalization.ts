import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { engineAxis, inversePermutation, knownSize } from "./layout.ts";
import {
  type ScaleConfig,
  type ScaleOptions,
  scaleAndCenter,
  scaleConfig,
  scaleSpecs,
} from "./scaleAndCenter.ts";

export interface GroupNormalizationConfig extends ScaleConfig {
  readonly groups: number;
  /** The user's axis that is divided into groups. */
  readonly axis: number;
  readonly epsilon: number;
}

export interface GroupNormalizationOptions extends LayerOptions, ScaleOptions {
  /** Default 32; 1 normalizes all channels together, -1 each for itself. */
  readonly groups?: number;
  /** Default -1: the channels. */
  readonly axis?: number;
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
}

const groupNormalizationDefinition = defineLayer<GroupNormalizationConfig>({
  kind: "GroupNormalization",
  parameters: ([x], config) => {
    checkGroups(knownSize(x ?? [], config.axis), config.groups);
    return scaleSpecs(x!, [config.axis], config);
  },
  call: ({ g, inputs, parameters, config }) => {
    const [x] = inputs;
    const axis = engineAxis(config.axis, x!.type.shape.length);
    const groups = config.groups === -1 ? knownSize(x!.type.shape, axis) : config.groups;
    return scaleAndCenter(g, normalizeGroups(g, x!, axis, groups, config.epsilon), parameters);
  },
});

function checkGroups(channels: number, groups: number): void {
  if (groups === -1 || (Number.isInteger(groups) && groups > 0 && channels % groups === 0)) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `groupNormalization: ${channels} channels cannot be divided into ${groups} groups. Give groups a divisor of ${channels}, or -1 for one a channel.`,
  );
}

/** Each group as one row: channels first, then [batch, groups, rest]. */
function normalizeGroups(g: GraphBuilder, x: Value, axis: number, groups: number, epsilon: number): Value {
  const rest = x.type.shape.map((_, place) => place).filter((place) => place !== 0 && place !== axis);
  const permutation = [0, axis, ...rest];
  const first = axis === 1 ? x : g.apply(operators.transpose, [x], { permutation });
  const { shape } = first.type;
  const rows = g.apply(operators.reshape, [first], {
    shape: [shape[0]!, groups, elementsPerSample(shape) / groups],
  });
  const normal = g.apply(operators.standardize, [rows], { axes: [2], epsilon });
  const restored = g.apply(operators.reshape, [normal], { shape });
  if (axis === 1) return restored;
  return g.apply(operators.transpose, [restored], { permutation: inversePermutation(permutation) });
}

/**
 * Normalizes groups of channels of each sample by their own mean and variance (Wu and He 2018), then · gamma + beta for
 * each channel. Output: the input's shape. Weights gamma (ones), beta (zeros), each [channels].
 */
export function groupNormalization(
  options: GroupNormalizationOptions = {},
): DefinedLayer<GroupNormalizationConfig> {
  const config: GroupNormalizationConfig = {
    groups: options.groups ?? 32,
    axis: options.axis ?? -1,
    epsilon: options.epsilon ?? 1e-3,
    ...scaleConfig(options),
  };
  return new DefinedLayer(groupNormalizationDefinition, config, options);
}
