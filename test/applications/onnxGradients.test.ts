import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromOnnx } from "../../src/applications/onnx/fromOnnx.ts";
import { gradients } from "../../src/autodiff/gradients.ts";
import { Engine } from "../../src/engine/engine.ts";
import { permute } from "../../src/layers/layout.ts";
import type { Parameter } from "../../src/layers/parameter.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";

interface GoldenGradient {
  readonly name: string;
  readonly shape: readonly number[];
  readonly step: number;
  readonly sampled: GoldenArray;
}

const golden = goldenFile<{
  readonly gradients: readonly { readonly model: string; readonly gradients: readonly GoldenGradient[] }[];
}>("onnxModels");

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ workers: 1 });
});
afterAll(() => engine.close());

/** The gradient of sum(features · direction) by every weight, as test/golden/onnxModels.py has it. */
async function gradientsOf(file: string): Promise<readonly (readonly [Parameter, Float32Array])[]> {
  const base = await fromOnnx(file, { preprocessing: "rescale", unfreeze: "all" });
  const { builder, inputs, outputs, parameters } = base.toGraph({ mode: "train" });
  const features = outputs[0]!;
  const direction = builder.input("direction", features.type, { kind: "target" });
  const product = builder.apply(operators.mul, [features, direction], {});
  const loss = builder.apply(operators.reduceSum, [product], {});
  const weights = [...parameters].filter(([, parameter]) => parameter.createdTrainable);
  const byPath = new Map(
    builder
      .build([loss])
      .inputs.flatMap((value) =>
        value.source.kind === "input" && value.source.role.kind === "parameter"
          ? [[value.source.role.parameter, value] as const]
          : [],
      ),
  );
  const wanted = gradients(
    builder,
    loss,
    weights.map(([path]) => byPath.get(path)!),
  );
  const program = await engine.compile(builder.build(wanted));
  const shape = [3, 3, 32, 32];
  const pixels = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 1009) / 1009);
  const size = [3, ...features.type.shape.slice(1).map(Number)];
  const feeds: Record<string, Tensor> = {
    [inputs[0]!.name]: float32(shape, pixels),
    direction: float32(
      size,
      Float32Array.from({ length: sizeOf(size) }, (_, i) => Math.sin(i)),
    ),
  };
  for (const [path, parameter] of parameters) feeds[byPath.get(path)!.name] = parameter.engineTensor;
  const results = await program.run(feeds);
  await program.close();
  return weights.map(([, parameter], index) => [
    parameter,
    results[wanted[index]!.name]!.data as Float32Array,
  ]);
}

/** Exporters turn the matrices of linear layers and name them anew; their order stays. */
function matched(
  expected: readonly GoldenGradient[],
  found: readonly (readonly [Parameter, Float32Array])[],
): readonly (readonly [GoldenGradient, Float32Array])[] {
  const byName = new Map(found.map(([{ name }, gradient]) => [name, gradient]));
  const renamed = found.filter(([{ name, shape }]) => /^val_/.test(name) && shape.length === 2);
  const turned = renamed.map(([{ shape }, gradient]) => permute(gradient, shape, [1, 0]));
  return expected.flatMap((one) => {
    const gradient = byName.get(one.name) ?? (one.shape.length === 2 ? turned.shift() : undefined);
    return gradient === undefined ? [] : [[one, gradient] as const];
  });
}

test.each(golden.gradients)("gradients of $model are PyTorch's", async ({ model, gradients: expected }) => {
  const file = fileURLToPath(new URL(`../golden/onnx/${model}.onnx`, import.meta.url));
  // BatchNormalization is folded into the first convolution, so its weights are others there.
  const kept = expected.filter(({ name }) => !/^(stem|norm|pooler|classifier)\./.test(name));
  const pairs = matched(kept, await gradientsOf(file));
  expect(pairs.map(([{ name }]) => name)).toEqual(kept.map(({ name }) => name));
  for (const [{ name, step, sampled }, gradient] of pairs) {
    const values = decodeArray(sampled).data;
    const scale = Math.max(1e-3, ...values.map(Math.abs));
    for (const [place, value] of values.entries())
      expect(Math.abs(gradient[place * step]! - value) / scale, name).toBeLessThan(1e-3);
  }
});
