import { describe, expect, it } from "vitest";
import { dense } from "../../src/layers/index.ts";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  type Loss,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} from "../../src/losses/index.ts";
import { sequential } from "../../src/models/index.ts";
import { type OptimizerConfig, resolveOptimizer } from "../../src/optimizers/index.ts";
import type { Optimizer } from "../../src/optimizers/optimizer.ts";
import { compileModel } from "../../src/training/compile.ts";
import { labelSamples } from "../../src/training/labelSamples.ts";
import type { Targets } from "../../src/training/targets.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { trainInProcess } from "../support/inProcessTraining.ts";

interface Case {
  readonly name: string;
  readonly head: string;
  readonly loss: string;
  readonly labels: "binaryLabels" | "classLabels" | "targets";
  readonly optimizer: Readonly<Record<string, number | boolean | string>> & { readonly name: string };
  readonly eraA?: boolean;
  readonly from_logits?: boolean;
  readonly label_smoothing?: number;
  readonly l2?: number;
  readonly sample_weight?: boolean;
  readonly class_weight?: Readonly<Record<number, number>>;
  readonly losses: readonly number[];
  readonly finalWeights: readonly GoldenArray[];
}

interface Golden {
  readonly batchSize: number;
  readonly data: {
    readonly x: GoldenArray;
    readonly targets: GoldenArray;
    readonly sampleWeights: GoldenArray;
    readonly binaryLabels: readonly number[];
    readonly classLabels: readonly number[];
  };
  readonly heads: Readonly<
    Record<
      string,
      {
        readonly units: number;
        readonly activation: string;
        readonly initialWeights: readonly GoldenArray[];
      }
    >
  >;
  readonly cases: readonly Case[];
}

const golden = goldenFile<Golden>("optimizers");

function headOf({ head, l2 }: Case) {
  const { units, activation, initialWeights } = golden.heads[head]!;
  const regularizer = l2 === undefined ? {} : { kernelRegularizer: { l1: 0, l2 } };
  const model = sequential({
    layers: [
      dense({ units: 12, activation: "relu", inputShape: [24], ...regularizer }),
      dense({ units, activation, ...regularizer }),
    ],
  });
  model.setWeights(initialWeights.map(decodeArray));
  return model;
}

function lossOf({ loss, from_logits: fromLogits = false, label_smoothing: labelSmoothing = 0 }: Case): Loss {
  switch (loss) {
    case "binary_crossentropy":
      return binaryCrossentropy({ fromLogits, labelSmoothing });
    case "categorical_crossentropy":
      return categoricalCrossentropy({ fromLogits, labelSmoothing });
    case "sparse_categorical_crossentropy":
      return sparseCategoricalCrossentropy({ fromLogits });
    default:
      return meanSquaredError();
  }
}

/** Keras's option names in camelCase. */
function optimizerOf({ optimizer: { name, ...options }, eraA }: Case): Optimizer {
  const camel = Object.entries(options).map(([key, value]) => [
    key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  const config = Object.fromEntries([...camel, ...(eraA ? [["epsilonPlacement", "outside"]] : [])]);
  return resolveOptimizer({ kind: name, config } as OptimizerConfig);
}

function targetsOf({ labels, loss }: Case): Targets {
  if (labels === "targets") return decodeArray(golden.data.targets);
  const numbers = golden.data[labels];
  if (loss !== "categorical_crossentropy") return numbers;
  return numbers.map((label) => [0, 1, 2].map((index) => Number(index === label)));
}

describe("50 steps agree with real Keras", () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const compiled = compileModel(headOf(one), { optimizer: optimizerOf(one), loss: lossOf(one) });
    const weights = one.sample_weight ? decodeArray(golden.data.sampleWeights).data : undefined;
    const samples = labelSamples(
      compiled,
      decodeArray(golden.data.x),
      targetsOf(one),
      weights,
      one.class_weight,
    );
    const training = await trainInProcess(compiled, samples);
    const rows = (step: number) =>
      Array.from({ length: golden.batchSize }, (_, row) => golden.batchSize * (step % 10) + row);
    for (const [step, expected] of one.losses.entries()) {
      const loss = await training.step(rows(step));
      expect(Math.abs(loss / expected - 1), `step ${step}`).toBeLessThan(1e-5);
    }
    const trained = [...training.weights().values()];
    await training.close();
    const initial = golden.heads[one.head]!.initialWeights.map(decodeArray);
    for (const [index, array] of one.finalWeights.entries()) {
      const start = initial[index]!.data;
      const expected = decodeArray(array).data;
      // Updates are compared, not weights: at small rates the weights would agree whatever the rule.
      const length = Math.hypot(...expected.map((value, i) => value - start[i]!));
      const distance = Math.hypot(...expected.map((value, i) => value - trained[index]![i]!));
      expect(distance / length, `weight ${index}`).toBeLessThan(1e-4);
    }
  });
});
