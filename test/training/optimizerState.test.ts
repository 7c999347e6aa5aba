import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { maxNorm } from "../../src/layers/constraints.ts";
import { dense } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { optimizers } from "../../src/optimizers/index.ts";
import type { Optimizer } from "../../src/optimizers/optimizer.ts";
import { oneCycle } from "../../src/optimizers/schedules/oneCycle.ts";
import type { TrainingControl } from "../../src/training/callbacks/callback.ts";
import { SwapEMAWeights } from "../../src/training/callbacks/swapEmaWeights.ts";
import { BackupAndRestore, type Callback, compileModel, fit } from "../../src/training/index.ts";
import { bitsOf, smallProblem } from "../support/smallProblem.ts";

const { x, y } = smallProblem(56);

/** Everything that keeps a state: slots that do not begin at zero, gathered gradients, an average, a schedule. */
const makers: readonly (readonly [string, () => Optimizer])[] = [
  [
    "Adagrad with average and accumulation",
    () =>
      optimizers.adagrad({
        learningRate: oneCycle({ maxLearningRate: 0.3, totalSteps: 28 }),
        useEma: true,
        emaMomentum: 0.8,
        gradientAccumulationSteps: 3,
      }),
  ],
  ["Nadam", () => optimizers.nadam({ learningRate: 0.02, emaOverwriteFrequency: 5, useEma: true })],
];

function trained(optimizer: Optimizer, callbacks: readonly Callback[]) {
  const model = sequential({
    seed: 3,
    layers: [
      dense({ units: 8, activation: "relu", inputShape: [16], kernelConstraint: maxNorm({ maxValue: 1 }) }),
      dense({ units: 1, activation: "sigmoid", name: "top" }),
    ],
  });
  const compiled = compileModel(model, {
    loss: "binary_crossentropy",
    optimizer,
    learningRates: { top: 2 },
  });
  return fit(compiled, x, y, { epochs: 4, batchSize: 8, callbacks, validationData: [x, y] }).then(() => ({
    model,
    compiled,
  }));
}

describe("the optimizer's state", () => {
  it.each(makers)("is in checkpoints: a killed run ends with the same bits (%s)", async (_, make) => {
    const folder = mkdtempSync(path.join(tmpdir(), "permafrost-optimizer-"));
    const whole = await trained(make(), []);
    const bomb: Callback = {
      onEpochBegin(epoch) {
        if (epoch === 2) throw new Error("killed");
      },
    };
    await expect(trained(make(), [new BackupAndRestore({ backupDir: folder }), bomb])).rejects.toThrow(
      "killed",
    );
    const resumed = await trained(make(), [new BackupAndRestore({ backupDir: folder })]);
    expect(bitsOf(resumed.model)).toEqual(bitsOf(whole.model));
    expect(resumed.compiled.state).toEqual(whole.compiled.state);
    rmSync(folder, { recursive: true, force: true });
  });

  it("swaps the average in for the validation, and for what follows an epoch if told, with the same end", async () => {
    const seen: number[][] = [];
    const look: Callback = {
      onTestBegin: () => void seen.push([]),
      async onTestEnd(_logs, control) {
        const [kernel] = await (control as TrainingControl).getWeights();
        seen.at(-1)!.push(kernel![0]!);
      },
      onEpochEnd(_epoch, _logs, { model }) {
        seen.at(-1)!.push(model.getWeights()[0]!.data[0]!);
      },
    };
    const plain = await trained(makers[0]![1](), [look]);
    const raw = seen.splice(0);
    const swapped = await trained(makers[0]![1](), [look, new SwapEMAWeights()]);
    const measured = seen.splice(0);
    const kept = await trained(makers[0]![1](), [new SwapEMAWeights({ swapOnEpoch: true }), look]);
    expect(bitsOf(swapped.model)).toEqual(bitsOf(plain.model));
    expect(bitsOf(kept.model)).toEqual(bitsOf(plain.model));
    const averages = measured.map(([average]) => average);
    expect(averages).not.toEqual(raw.map(([weight]) => weight));
    expect(seen.map(([, weight]) => weight)).toEqual(averages);
    await expect(trained(optimizers.sgd(), [new SwapEMAWeights()])).rejects.toThrow("useEma: true");
  });

  it("ends with the average in the weights' place, and within the constraint until then", async () => {
    const norms: number[] = [];
    const watch: Callback = {
      async onTrainBatchEnd(_batch, _logs, control) {
        const [kernel] = await control.getWeights();
        const columns = Array.from({ length: 8 }, (_, unit) =>
          Math.hypot(...kernel!.subarray(16 * unit, 16 * unit + 16)),
        );
        norms.push(Math.max(...columns));
      },
    };
    const { model, compiled } = await trained(makers[0]![1](), [watch]);
    expect(Math.max(...norms)).toBeLessThan(1 + 1e-6);
    expect(Math.max(...norms)).toBeGreaterThan(0.99);
    const averages = compiled.state!.slots.map((slots) => slots["average"]!);
    const weights = [...compiled.trained.values()].map(({ value }) => value);
    expect(weights).toEqual(averages);
    expect(model.getWeights()).toHaveLength(4);
  });
});
