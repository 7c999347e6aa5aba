import type { BatchNormAttributes } from "../../ops/normalization.ts";
import { type Evaluate, generate, read } from "./array.ts";

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
