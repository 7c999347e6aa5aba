import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2D,
  globalAveragePooling2D,
  input,
  maxPooling2D,
  relu,
} from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { Model } from "../../src/models/functional.ts";
import { sequential } from "../../src/models/index.ts";
import { adamw } from "../../src/optimizers/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { frozenDigest } from "../../src/training/compiled/frozenWeights.ts";
import { fit } from "../../src/training/index.ts";

const samples = 8;

function pictures() {
  const random = new Random("freezing");
  const data = Float32Array.from({ length: samples * 8 * 8 * 2 }, () => random.normal());
  return { x: float32([samples, 8, 8, 2], data), y: Array.from({ length: samples }, (_, row) => row % 2) };
}

/** Layers named a1, a2, ... as plain, residual, depthwise and normalized bases have them. */
const bases: Readonly<Record<string, () => Model>> = {
  plain: () =>
    sequential({
      name: "base",
      layers: [
        conv2d({ filters: 3, kernelSize: 3, activation: "relu", inputShape: [8, 8, 2], name: "a1" }),
        maxPooling2D({}),
        conv2d({ filters: 4, kernelSize: 2, activation: "relu", name: "a2" }),
      ],
    }),
  residual: () => {
    const x = input({ shape: [8, 8, 2] });
    const first = conv2d({ filters: 3, kernelSize: 3, padding: "same", name: "a1" }).apply(x);
    const second = conv2d({ filters: 3, kernelSize: 3, padding: "same", name: "a2" }).apply(
      relu().apply(first),
    );
    return new Model({ inputs: x, outputs: add().apply([first, second]), name: "base" });
  },
  normalized: () => {
    const x = input({ shape: [8, 8, 2] });
    const first = conv2d({ filters: 3, kernelSize: 3, useBias: false, name: "a1" }).apply(x);
    const normal = batchNormalization({ name: "a1_bn" }).apply(first);
    const second = depthwiseConv2D({ kernelSize: 3, useBias: false, name: "a2" }).apply(relu().apply(normal));
    const outputs = batchNormalization({ name: "a2_bn" }).apply(second);
    return new Model({ inputs: x, outputs, name: "base" });
  },
};

/** Ways in which a base stands in a model; each pools its output and puts Dense layers behind. */
const nestings: Readonly<Record<string, (base: Model) => Model>> = {
  "as a layer": (base) => sequential({ layers: [base, globalAveragePooling2D(), ...head()] }),
  "as a layer of a layer": (base) => {
    const inner = sequential({ name: "inner", layers: [base, globalAveragePooling2D()] });
    return sequential({ layers: [inner, ...head()] });
  },
  "called in a functional model": (base) => {
    const x = input({ shape: [8, 8, 2] });
    const pooled = globalAveragePooling2D().apply(base.apply(x));
    return new Model({ inputs: x, outputs: chain(head(), pooled) });
  },
  "grown upon": (base) => {
    const pooled = globalAveragePooling2D().apply(base.outputs);
    return new Model({ inputs: base.inputs, outputs: chain(head(), pooled) });
  },
  "used twice": (base) => {
    const x = input({ shape: [8, 8, 2] });
    const y = conv2d({ filters: 2, kernelSize: 1, name: "before" }).apply(x);
    const pool = globalAveragePooling2D();
    const both = add().apply([pool.apply(base.apply(x)), pool.apply(base.apply(y))]);
    return new Model({ inputs: x, outputs: chain(head(), both) });
  },
};

function head(): Layer[] {
  return [
    dense({ units: 4, activation: "tanh", name: "d1" }),
    dense({ units: 1, activation: "sigmoid", name: "d2" }),
  ];
}

function chain(layers: readonly Layer[], x: Parameters<Layer["apply"]>[0]) {
  return layers.reduce((value, layer) => layer.apply(value), x) as ReturnType<Layer["apply"]>;
}

/** What is frozen before compile. */
const freezes: Readonly<Record<string, (base: Model, model: Model) => void>> = {
  nothing: () => undefined,
  "the base": (base) => {
    base.trainable = false;
  },
  "the base but for its last layers": (base) => {
    base.trainable = false;
    for (const layer of base.layers.slice(-2)) layer.trainable = true;
  },
  "the first layers of the base": (base) => {
    for (const layer of base.layers.slice(0, 2)) layer.trainable = false;
  },
  "the head's first layer": (_base, model) => {
    model.getLayer("d1").trainable = false;
  },
};

/** Every base in every nesting, and each of those with one or two of the freezes. */
const combinations = Object.keys(bases).flatMap((base, i) =>
  Object.keys(nestings).flatMap((nesting, j) =>
    Object.keys(freezes)
      .filter((_, k) => (i + j + k) % 3 === 0)
      .map((freeze) => [base, nesting, freeze] as const),
  ),
);

describe("what is printed as trainable is what training changes", () => {
  it.each(combinations)("base %s, %s, frozen: %s", async (baseName, nesting, freeze) => {
    const base = bases[baseName]!();
    const model = nestings[nesting]!(base);
    freezes[freeze]!(base, model);
    // Weight decay would show in any weight that is updated, whatever its gradient.
    const optimizer = adamw({ learningRate: 0.05, weightDecay: 0.1 });
    const compiled = compileModel(model, { optimizer, loss: "binary_crossentropy" });
    const shown = new Set(model.trainableWeights);
    const named = [...model.namedParameters()];
    const before = new Map(named.map(([path, parameter]) => [path, parameter.value.slice()]));
    const digest = frozenDigest(compiled);
    const { x, y } = pictures();
    const { frozen } = await fit(compiled, x, y, { batchSize: 4, epochs: 2, threads: 1 });
    const isMoving = (path: string) => compiled.statistics.has(path);
    const changed = named.filter(([path, { value }]) => value.some((v, i) => v !== before.get(path)![i]));
    const expected = named.filter(([path, parameter]) => shown.has(parameter) || isMoving(path));
    expect(changed.map(([path]) => path)).toEqual(expected.map(([path]) => path));
    expect([...compiled.trained.values()].filter((parameter) => !shown.has(parameter))).toEqual([]);
    expect(compiled.trained.size).toBe(shown.size);
    const trainableParams = [...shown].reduce((sum, { size }) => sum + size, 0);
    expect(model.summary()).toContain(` Trainable params: ${trainableParams.toLocaleString("en-US")} (`);
    expect(frozen).toEqual({ before: digest, after: digest });
    expect(frozenDigest(compiled)).toBe(digest);
  });
});

describe("what may surprise whoever froze layers", () => {
  it("is said before the first step", async () => {
    const base = bases["normalized"]!();
    base.trainable = false;
    base.getLayer("a2_bn").trainable = true;
    const x = input({ shape: [8, 8, 2] });
    const pooled = globalAveragePooling2D().apply(base.apply(x));
    const outputs = [
      dense({ units: 1, activation: "sigmoid", name: "d1" }).apply(pooled),
      dense({ units: 2, name: "unused" }).apply(pooled),
    ];
    const model = new Model({ inputs: x, outputs });
    const compiled = compileModel(model, { loss: { d1: "binary_crossentropy", unused: null } });
    const { x: photos, y } = pictures();
    const lines: string[] = [];
    const stream = { write: (text: string) => lines.push(text) };
    await fit(compiled, photos, { d1: y }, { threads: 1, verbose: 2, stream });
    expect(lines[0]).toMatch(
      /^warning: BatchNormalization in a frozen model .*: base\/a2_bn\. Set it to false/,
    );
    expect(lines[1]).toMatch(/^warning: no loss depends on these layers.*: unused\.\n$/);
  });

  it("is not said where all is as it seems", async () => {
    const base = bases["normalized"]!();
    base.trainable = false;
    const compiled = compileModel(nestings["as a layer"]!(base), { loss: "binary_crossentropy" });
    const { x, y } = pictures();
    const lines: string[] = [];
    await fit(compiled, x, y, {
      threads: 1,
      verbose: 2,
      stream: { write: (text: string) => lines.push(text) },
    });
    expect(lines.join("")).not.toContain("warning");
  });
});

describe("a frozen weight that somebody changes", () => {
  it("fails the run and is named", async () => {
    const base = bases["plain"]!();
    base.trainable = false;
    const model = nestings["as a layer"]!(base);
    const compiled = compileModel(model, { loss: "binary_crossentropy" });
    const { x, y } = pictures();
    const meddler = {
      onEpochEnd() {
        base.getLayer("a2").weights[1]!.value[0]! += 1;
      },
    };
    await expect(fit(compiled, x, y, { callbacks: [meddler], threads: 1 })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining("base/a2/bias") as string,
      details: { paths: ["base/a2/bias"] },
    });
  });

  it("is noticed at once where nothing is left to train", async () => {
    const model = nestings["as a layer"]!(bases["plain"]!());
    model.trainable = false;
    const { x, y } = pictures();
    await expect(fit(compileModel(model, { loss: "mse" }), x, y)).rejects.toThrow(
      /nothing to train: every layer is frozen\. Set trainable = true/,
    );
  });
});
