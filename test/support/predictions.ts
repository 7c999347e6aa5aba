import type { loadModel } from "../../src/keras/loadModel.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** What a model makes of some inputs, output by output. */
export async function predictions(
  model: Awaited<ReturnType<typeof loadModel>>,
  inputs: readonly Tensor<"float32">[],
): Promise<readonly Tensor<"float32">[]> {
  try {
    return Object.values(await model.predictAll(inputs.length === 1 ? inputs[0]! : inputs));
  } finally {
    await model.close();
  }
}
