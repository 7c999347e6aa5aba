import type { BatchNormAttributes } from "../../ops/normalization.ts";
import { type Array64, type Evaluate, type EvaluateAll, generate, read } from "./array.ts";
import { mul, square, sub } from "./elementwise.ts";
import { reduceMean, reduceSum } from "./reduction.ts";

export const batchNormInference: Evaluate<BatchNormAttributes> = (inputs, { epsilon }) => {
  const [x, gamma, beta, mean, variance] = inputs;
  return generate(x!.shape, (index) => {
    const channel = [index[1]!];
    const deviation = Math.sqrt(read(variance!, channel) + epsilon);
    return (
      ((read(x!, index) - read(mean!, channel)) / deviation) * read(gamma!, channel) + read(beta!, channel)
    );
  });
};

export const batchNormTraining: EvaluateAll<BatchNormAttributes> = ([x, gamma, beta], attributes) => {
  const along = { axes: allButChannels(x!) };
  const mean = reduceMean([x!], along);
  const centered = sub([x!, channelwise(x!, mean)], {});
  const variance = reduceMean([square([centered], {})], along);
  return [batchNormInference([x!, gamma!, beta!, mean, variance], attributes), mean, variance];
};

export const batchNormTrainingGradient: EvaluateAll<BatchNormAttributes> = (inputs, { epsilon }) => {
  const [x, dy, gamma, mean, variance] = inputs;
  const along = { axes: allButChannels(x!) };
  const r = { ...variance!, data: variance!.data.map((value) => 1 / Math.sqrt(value + epsilon)) };
  const normalized = mul([sub([x!, channelwise(x!, mean!)], {}), channelwise(x!, r)], {});
  const products = mul([dy!, normalized], {});
  const means = [reduceMean([dy!], along), reduceMean([products], along)];
  const dx = generate(x!.shape, (index) => {
    const channel = [index[1]!];
    const [offset, slope] = means.map((values) => read(values, channel));
    const rest = read(dy!, index) - offset! - slope! * read(normalized, index);
    return read(gamma!, channel) * read(r, channel) * rest;
  });
  return [dx, reduceSum([products], along), reduceSum([dy!], along)];
};

function allButChannels({ shape }: Array64): readonly number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

/** [C] as [1, C, 1, ...]. */
function channelwise({ shape }: Array64, vector: Array64): Array64 {
  return { ...vector, shape: shape.map((size, axis) => (axis === 1 ? size : 1)) };
}
