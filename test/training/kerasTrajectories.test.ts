import { describe, expect, it } from "vitest";
import { maxNorm } from "../../src/layers/constraints.ts";
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
import { cosineDecay } from "../../src/optimizers/schedules/cosineDecay.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { labelSamples } from "../../src/training/samples/labelSamples.ts";
import type { Targets } from "../../src/training/samples/targets.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { trainInProcess } from "../support/inProcessTraining.ts";

interface Case {
  readonly name: string;
  readonly head: string;
  readonly loss: string;
  readonly labels: "binaryLabels" | "classLabels" | "targets";
  readonly optimizer: Readonly<Record<string, number | boolean | string>> & { readonly name: string };
  readonly eraA?: boolean;
  readonly exclude?: readonly string[];
  readonly schedule?: Readonly<Record<string, number>>;
  readonly constraints?: number;
  readonly rates?: readonly [number, number];
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
const options = goldenFile<Pick<Golden, "cases">>("optimizerOptions");

function headOf({ head, l2, constraints }: Case) {
  const { units, activation, initialWeights } = golden.heads[head]!;
  const rules = {
    ...(l2 === undefined ? {} : { kernelRegularizer: { l1: 0, l2 } }),
    ...(constraints === undefined
      ? {}
      : { kernelConstraint: maxNorm({ maxValue: constraints }), biasConstraint: "nonNeg" }),
  };
  const model = sequential({
    layers: [
      dense({ units: 12, activation: "relu", inputShape: [24], name: "hidden", ...rules }),
      dense({ units, activation, name: "top", ...rules }),
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
function optimizerOf({ optimizer: { name, ...given }, eraA, exclude, schedule }: Case): Optimizer {
  const config = {
    ...inCamelCase(given),
    ...(eraA ? { epsilonPlacement: "outside" } : {}),
    ...(exclude === undefined ? {} : { excludeFromWeightDecay: exclude }),
    ...(schedule === undefined ? {} : { learningRate: cosineDecay(inCamelCase(schedule) as never) }),
  };
  return resolveOptimizer({ kind: name, config: config as unknown as OptimizerConfig["config"] });
}

function inCamelCase(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

function targetsOf({ labels, loss }: Case): Targets {
  if (labels === "targets") return decodeArray(golden.data.targets);
  const numbers = golden.data[labels];
  if (loss !== "categorical_crossentropy") return numbers;
  return numbers.map((label) => [0, 1, 2].map((index) => Number(index === label)));
}

const cases = [...golden.cases, ...options.cases];

describe("30 and 50 steps agree with real Keras", () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const optimizer = optimizerOf(one);
    const compiled = compileModel(headOf(one), {
      optimizer,
      loss: lossOf(one),
      ...(one.rates === undefined ? {} : { learningRates: { hidden: one.rates[0], top: one.rates[1] } }),
    });
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
    if (optimizer.config.useEma) training.useAverage("take");
    const trained = [...training.weights()].map(([path, values]) => {
      const parameter = compiled.trained.get(path)!;
      parameter.value.set(values);
      return parameter.get().data;
    });
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
