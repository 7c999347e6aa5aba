import type { Graph } from "../../graph/graph.ts";
import { reconstructionName } from "../../models/mirror.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Callback } from "../../training/callbacks/callback.ts";
import { type Compiled, compileModel } from "../../training/compiled/compile.ts";
import { fit } from "../../training/runs/fit.ts";
import { arrayRows, type BatchSource } from "../../training/samples/batchSource.ts";
import type { Targets } from "../../training/samples/targets.ts";
import { predictionsName, taskTraining } from "../classifier/taskTraining.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { compileJointly } from "../pretraining/compileJointly.ts";
import type { PlannedSteps } from "./phasePlanning.ts";

/** The first step prepares memory; of the others the middle one counts. */
const steps = 6;

/** Seconds of a training step behind the cut, on zeros. The weights are as before afterwards. */
export async function tryStep(planned: PlannedSteps): Promise<number> {
  const { request, prefix, data, joint } = planned;
  const { batchSize } = request;
  const model = joint?.model ?? planned.model;
  const compiled = compiledFor(planned);
  const times: number[] = [];
  const clock: Callback = { onTrainBatchEnd: () => void times.push(performance.now()) };
  const weights = model.getWeights();
  const samples = batchSize * steps;
  const features = prefix && zeros(samples, prefix);
  const pictures = zeroSource(samples, compiled.inputShape);
  const expected = zeroTargets(samples, data);
  const targets =
    joint === undefined ? expected : { [predictionsName]: expected, [reconstructionName]: pictures };
  await fit(compiled, pictures, targets, {
    batchSize,
    callbacks: [clock],
    ...(features === undefined ? { oncePerSample: false } : { frozenPart: async () => features }),
  });
  model.setWeights(weights);
  const spent = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
  return spent.sort((a, b) => a - b)[Math.floor(spent.length / 2)]!;
}

function compiledFor({ model, request, phase, data, joint }: PlannedSteps): Compiled {
  const { optimizer, compat, checkpoint } = request;
  if (joint !== undefined && request.joint !== undefined) {
    return compileJointly({ request, phase, found: data }, request.joint, joint.model, steps);
  }
  return compileModel(model, {
    optimizer,
    loss: taskTraining(data.dataset).loss,
    ...(compat === undefined ? {} : { compat }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
}

function zeroTargets(samples: number, { dataset: { task, classNames } }: PreparedData): Targets {
  const width = classNames.length;
  return task === undefined
    ? new Float32Array(samples)
    : float32([samples, width], new Float32Array(samples * width));
}

function zeros(samples: number, prefix: Graph): BatchSource {
  return zeroSource(samples, prefix.outputs[0]!.type.shape.slice(1).map(Number));
}

function zeroSource(samples: number, shape: readonly number[]): BatchSource {
  return { ...arrayRows(new Float32Array(0), shape), samples, read: (_indices, into) => void into.fill(0) };
}
