import type { Graph } from "../graph/graph.ts";
import { arrayRows, type BatchSource } from "../training/batchSource.ts";
import type { Callback } from "../training/callback.ts";
import { compileModel } from "../training/compile.ts";
import { fit } from "../training/fit.ts";
import type { PlannedSteps } from "./stepRate.ts";

/** The first step prepares memory; of the others the middle one counts. */
const steps = 6;

/** Seconds of a training step behind the cut, on zeros. The weights are as before afterwards. */
export async function tryStep({ model, request, prefix }: PlannedSteps): Promise<number> {
  const { batchSize, optimizer, compat } = request;
  const compiled = compileModel(model, {
    optimizer,
    loss: "sparseCategoricalCrossentropy",
    ...(compat === undefined ? {} : { compat }),
  });
  const times: number[] = [];
  const clock: Callback = { onTrainBatchEnd: () => void times.push(performance.now()) };
  const weights = model.getWeights();
  const samples = batchSize * steps;
  const features = prefix && zeros(samples, prefix);
  await fit(compiled, zeroSource(samples, compiled.inputShape), new Float32Array(samples), {
    batchSize,
    callbacks: [clock],
    ...(features === undefined ? {} : { frozenPart: async () => features }),
  });
  model.setWeights(weights);
  const spent = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
  return spent.sort((a, b) => a - b)[Math.floor(spent.length / 2)]!;
}

function zeros(samples: number, prefix: Graph): BatchSource {
  return zeroSource(samples, prefix.outputs[0]!.type.shape.slice(1).map(Number));
}

function zeroSource(samples: number, shape: readonly number[]): BatchSource {
  return { ...arrayRows(new Float32Array(0), shape), samples, read: (_indices, into) => void into.fill(0) };
}
