import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { splitFrozen } from "../../src/models/cut.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { drawnFor, run, trainingGraph } from "../support/networkTraining.ts";
import { type NetworkStep, networkSteps, randomNetwork } from "../support/randomNetwork.ts";

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
