import { PermafrostError } from "../base/errors.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { float32, scalar, type Tensor } from "../tensor/tensor.ts";
import { type CallArguments, DefinedLayer, defineLayer } from "./definition.ts";
import { initializers } from "./initializers.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";

export interface NormalizationConfig {
  /** One number a channel; null: learned by `adapt`. */
  readonly mean: readonly number[] | null;
  readonly variance: readonly number[] | null;
  /** Undo a normalization: x · max(sqrt(variance), 1e-7) + mean. */
  readonly invert: boolean;
}

export interface NormalizationOptions extends LayerOptions {
  /** One number, or one a channel. Given together with `variance`; both left out: call `adapt`. */
  readonly mean?: number | readonly number[] | null;
  readonly variance?: number | readonly number[] | null;
  /** Default false. */
  readonly invert?: boolean;
}

const normalizationDefinition = defineLayer<NormalizationConfig>({
  kind: "Normalization",
  parameters: ([x], config) => {
    if (config.mean !== null) return [];
    const shape = [knownSize(x ?? [], -1)];
    return [
      { name: "mean", shape, initializer: initializers["zeros"]!, trainable: false },
      { name: "variance", shape, initializer: initializers["ones"]!, trainable: false },
      // Of the data that the statistics come from; Keras keeps it, and counts it among the weights, though nothing needs it.
      { name: "count", shape: [], initializer: initializers["zeros"]!, trainable: false, bytesPerValue: 8 },
    ];
  },
  call: (call) => {
    const { g, inputs, config } = call;
    const mean = statistic(call, "mean");
    const stddev = g.apply(operators.sqrt, [statistic(call, "variance")], {});
    const divisor = g.apply(operators.maximum, [stddev, g.constant(scalar(1e-7), "epsilon")], {});
    if (config.invert)
      return g.apply(operators.add, [g.apply(operators.mul, [inputs[0]!, divisor], {}), mean], {});
    return g.apply(operators.div, [g.apply(operators.sub, [inputs[0]!, mean], {}), divisor], {});
  },
});

/** The mean or variance shaped so that it meets the channels. */
function statistic(
  { g, inputs, parameters, config }: CallArguments<NormalizationConfig>,
  name: "mean" | "variance",
): Value {
  const { shape } = inputs[0]!.type;
  const fitted = (size: number) => (shape.length === 4 ? [size, 1, 1] : [size]);
  const values = config[name];
  if (values !== null) return g.constant(float32(fitted(values.length), values), name);
  const parameter = parameters[name]!;
  if (shape.length !== 4) return parameter;
  return g.apply(operators.reshape, [parameter], { shape: fitted(knownSize(parameter.type.shape, 0)) });
}

/** A Normalization layer: `adapt` learns its statistics from data. */
export class Normalization extends DefinedLayer<NormalizationConfig> {
  /**
   * Sets mean and (biased) variance of each channel from data.
   *
   * @param data - Samples [n, ..., channels]; sums are taken in double precision.
   * @throws PermafrostError INVALID_ARGUMENT when the layer was given its statistics, or without data.
   */
  adapt(data: Tensor<"float32">): void {
    const channels = data.shape.at(-1) ?? 0;
    const rows = channels === 0 ? 0 : data.data.length / channels;
    if (this.config.mean !== null || rows === 0) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `${this.name}: adapt expects a layer without given mean and at least one sample, got ${rows} rows.`,
      );
    }
    this.build([["batch", ...data.shape.slice(1)]]);
    const { mean, variance } = moments(data.data, channels, rows);
    this.setMoments(mean, variance);
  }

  /** Sets the statistics of a built layer, one number a channel. */
  setMoments(mean: ArrayLike<number>, variance: ArrayLike<number>): void {
    const moments = [mean, variance].map((values) => float32([values.length], Float32Array.from(values)));
    this.setWeights([...moments, float32([], [0])]);
  }
}

/** Mean and biased variance of each column, in two passes. */
function moments(
  data: Float32Array,
  channels: number,
  rows: number,
): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let index = 0; index < data.length; index++) mean[index % channels]! += data[index]! / rows;
  for (let index = 0; index < data.length; index++) {
    variance[index % channels]! += (data[index]! - mean[index % channels]!) ** 2 / rows;
  }
  return { mean, variance };
}

/**
 * (x - mean) / max(sqrt(variance), 1e-7) for each channel (the last axis), or the reverse with `invert`; the statistics
 * are never trained.
 *
 * @throws PermafrostError INVALID_ARGUMENT when only one of mean and variance is given.
 */
export function normalization(options: NormalizationOptions = {}): Normalization {
  const list = (values: number | readonly number[] | null | undefined): readonly number[] | null =>
    typeof values === "number" ? [values] : (values ?? null);
  const config: NormalizationConfig = {
    mean: list(options.mean),
    variance: list(options.variance),
    invert: options.invert ?? false,
  };
  if ((config.mean === null) !== (config.variance === null)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "normalization: mean and variance are given together or not at all.",
    );
  }
  return new Normalization(normalizationDefinition, config, options);
}
