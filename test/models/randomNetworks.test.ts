import fc from "fast-check";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { Random } from "../../src/base/random.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import type { Graph, Value } from "../../src/graph/graph.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { splitFrozen } from "../../src/models/cut.ts";
import type { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { bindBatch } from "../../src/tensor/shape.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { type NetworkStep, networkSteps, randomNetwork } from "../support/randomNetwork.ts";

const batch = 3;

/** The training graph of a network with the gradients of its output's weighed sum by all inputs, and numbers to feed. */
function trainingGraph(model: Model) {
  const { builder: g, outputs, parameters } = model.toGraph({ mode: "train" });
  const [y] = outputs;
  const weighed = g.apply(operators.mul, [y!, g.constant(float32([2], [1, -0.7]))], {});
  const loss = g.apply(operators.reduceSum, [weighed], {});
  const { inputs } = g.build([loss]);
  const targets = inputs.filter(({ source }) => source.kind === "input" && source.role.kind !== "random");
  const graph = g.build([y!, ...gradients(g, loss, targets)]);
  const feeds = new Map<string, Tensor<"float32">>(
    graph.inputs.map((value) => [value.name, parameters.get(value.name)?.engineTensor ?? drawnFor(value)]),
  );
  return { graph, feeds, parameters };
}

/** Pictures, noise, or a mask as training would draw it. */
function drawnFor({ name, type, source }: Value): Tensor<"float32"> {
  const random = new Random("random networks", name);
  const shape = bindBatch(type.shape, batch);
  const draw = source.kind === "input" && source.role.kind === "random" ? source.role.draw : undefined;
  const number = () => {
    if (draw?.kind === "dropout") return random.float() < draw.rate ? 0 : 1 / (1 - draw.rate);
    return (draw?.stddev ?? 1) * random.normal();
  };
  return float32(shape, Float32Array.from({ length: sizeOf(shape) }, number));
}

async function run(graph: Graph, feeds: ReadonlyMap<string, Tensor<"float32">>) {
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3 });
  const tensors = [...feeds].map(([name, { shape, data }]) => [name, new OrtTensor("float32", data, shape)]);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return graph.outputs.map(({ name }) => results[name]!.data as Float32Array);
}

/** The largest difference, in units of the largest value (at least 1). */
function difference(received: Float32Array, expected: Float64Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return expected.reduce(
    (most, value, index) => Math.max(most, Math.abs(received[index]! - value) / scale),
    0,
  );
}

const show = (steps: readonly NetworkStep[]) => steps.map(({ kind }) => kind).join(", ");

describe("random networks of all layers", () => {
  it("compute on ONNX Runtime what the exact interpreter computes, gradients included", async () => {
    await fc.assert(
      fc.asyncProperty(networkSteps, async (steps) => {
        const { graph, feeds } = trainingGraph(randomNetwork(steps));
        verifyGraph(graph);
        const expected = interpret(graph, feeds);
        fc.pre(expected.every(({ data }) => data.every((value) => Math.abs(value) < 1e4)));
        const received = await run(graph, feeds);
        for (const [index, { data }] of expected.entries()) {
          const what = `${show(steps)}: output ${index} of ${graph.outputs.length}`;
          expect(difference(received[index]!, data), what).toBeLessThan(index === 0 ? 1e-5 : 1e-4);
        }
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("are the same in one piece and cut behind their frozen prefix", () => {
    let cuts = 0;
    fc.assert(
      fc.property(networkSteps, (steps) => {
        const { builder, outputs, parameters } = randomNetwork(steps).toGraph({ mode: "train" });
        const graph = builder.build(outputs);
        const feeds = new Map(
          graph.inputs.map((value) => [
            value.name,
            parameters.get(value.name)?.engineTensor ?? drawnFor(value),
          ]),
        );
        const { prefix, suffix } = splitFrozen(graph, (name) => parameters.get(name)!.trainable);
        if (prefix === undefined) return;
        cuts++;
        const middle = interpret(prefix, feeds);
        const between = suffix.inputs.filter(
          ({ source }) => source.kind === "input" && source.role.kind === "data",
        );
        const rest = new Map<string, Tensor>([
          ...feeds,
          ...between.map(({ name }, i) => [name, middle[i]!] as const),
        ]);
        expect(interpret(suffix, rest)).toEqual(interpret(graph, feeds));
      }),
      { numRuns: 40, seed: 6 },
    );
    expect(cuts).toBeGreaterThan(3);
  });
});
