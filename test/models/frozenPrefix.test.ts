import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import type { Graph, Value } from "../../src/graph/graph.ts";
import { nodesBehind } from "../../src/graph/values.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { splitFrozen } from "../../src/models/cut.ts";
import type { Model } from "../../src/models/functional.ts";
import { bindBatch } from "../../src/tensor/shape.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { frozenFeatures } from "../../src/training/features/frozenFeatures.ts";
import { compileModel, fit } from "../../src/training/index.ts";
import type { FitOptions } from "../../src/training/runs/fitOptions.ts";
import { type RandomStep, randomModel, randomSteps } from "../support/randomModel.ts";
import { smallPictures } from "../support/smallProblem.ts";

/** The training form of a model, split. */
function split(model: Model) {
  const { builder, outputs, parameters } = model.toGraph({ mode: "train" });
  const graph = builder.build(outputs);
  const isTrainable = (name: string) => parameters.get(name)!.trainable;
  const feeds = new Map<string, Tensor>(
    graph.inputs.map((value) => [value.name, parameters.get(value.name)?.engineTensor ?? numbersFor(value)]),
  );
  return { graph, feeds, isTrainable, ...splitFrozen(graph, isTrainable) };
}

/** Two samples by a formula. */
function numbersFor({ name, type }: Value): Tensor {
  const shape = bindBatch(type.shape, 2);
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => Math.sin(1.3 * index + name.length)),
  );
}

function roles(graph: Graph): readonly string[] {
  return graph.inputs.map(({ source }) => (source.kind === "input" ? source.role.kind : source.kind));
}

describe("the frozen prefix of random networks", () => {
  it("computes with the suffix what the whole does, and holds nothing trained or random", () => {
    const counts = { none: 0, one: 0, several: 0 };
    fc.assert(
      fc.property(randomSteps, (steps) => {
        const { graph, feeds, prefix, suffix, cut, isTrainable } = split(randomModel(steps));
        if (prefix === undefined) {
          counts.none++;
          expect(suffix).toBe(graph);
          return;
        }
        counts[cut.length === 1 ? "one" : "several"]++;
        verifyGraph(prefix);
        verifyGraph(suffix);
        expect(roles(prefix)).not.toContain("random");
        expect(roles(prefix)).not.toContain("target");
        for (const { source } of prefix.inputs) {
          if (source.kind !== "input" || source.role.kind !== "parameter") continue;
          expect(isTrainable(source.role.parameter)).toBe(false);
        }
        const row = interpret(prefix, feeds)[0]!;
        const behind = interpret(suffix, new Map(feeds).set(suffix.inputs[0]!.name, row));
        expect(behind).toEqual(interpret(graph, feeds));
      }),
      { seed: 4, numRuns: 150 },
    );
    expect(Math.min(counts.none, counts.one, counts.several)).toBeGreaterThan(10);
  });

  it("leaves no frozen convolution to be computed again, but where storing for it would cost more", () => {
    fc.assert(
      fc.property(randomSteps, (steps) => {
        const { prefix, suffix, reason, isTrainable, graph } = split(randomModel(steps));
        if (prefix === undefined || reason.includes("behind it the frozen part branches")) return;
        const trained = new Set(
          graph.inputs.filter((value) => changes(value, isTrainable)).map(({ name }) => name),
        );
        for (const node of suffix.nodes.filter(({ op }) => op.name === "conv2d")) {
          const behind = nodesBehind(node.outputs).flatMap((one) => one.inputs);
          expect(behind.some(({ name }) => trained.has(name))).toBe(true);
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it("trains to the same bits as the whole, with one forward for each sample", async () => {
    await using engine = await Engine.start({ workers: 1 });
    const networks = fc
      .sample(randomSteps, { seed: 6, numRuns: 40 })
      .filter((steps) => isCut(steps))
      .slice(0, 6);
    for (const steps of networks) {
      let forwards = 0;
      const frozenPart: FitOptions["frozenPart"] = async (prefix, source, work) => {
        const onProgress: FitOptions["onProgress"] = ({ done }) => {
          forwards = done;
        };
        return frozenFeatures(engine, prefix, source, { ...work, onProgress });
      };
      const stored = await trained(steps, { frozenPart });
      expect(forwards).toBe(12);
      expect(await trained(steps, { oncePerSample: false })).toEqual(stored);
    }
  });
});

function changes({ source }: Value, isTrainable: (name: string) => boolean): boolean {
  if (source.kind !== "input") return false;
  return (
    source.role.kind === "random" || (source.role.kind === "parameter" && isTrainable(source.role.parameter))
  );
}

function isCut(steps: readonly RandomStep[]): boolean {
  return split(randomModel(steps)).prefix !== undefined;
}

async function trained(
  steps: readonly RandomStep[],
  options: FitOptions,
): Promise<readonly (readonly number[])[]> {
  const { x, y } = smallPictures(12);
  const model = randomModel(steps);
  const compiled = compileModel(model, { loss: "mse", optimizer: "sgd" });
  await fit(compiled, x, y, { epochs: 2, batchSize: 5, ...options });
  return model.getWeights().map(({ data }) => [...data]);
}
