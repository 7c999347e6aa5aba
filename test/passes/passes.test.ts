import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { recomputeActivations } from "../../src/passes/recompute.ts";
import { simplifyGraph } from "../../src/passes/simplify.ts";
import { run, trainingGraph } from "../support/networkTraining.ts";
import { type NetworkStep, networkSteps, randomNetwork } from "../support/randomNetwork.ts";

/** A training graph as `fit` makes it: frozen weights are constants. */
function boundGraph(steps: readonly NetworkStep[]) {
  const { graph, feeds, parameters } = trainingGraph(randomNetwork(steps));
  const frozen = [...parameters].filter(([, parameter]) => !parameter.trainable);
  const constants = new Map(frozen.map(([path, parameter]) => [path, parameter.engineTensor]));
  return { graph: bindParameters(graph, constants), feeds };
}

async function digests(graph: Graph, feeds: Awaited<ReturnType<typeof boundGraph>>["feeds"]) {
  const names = new Set(graph.inputs.map(({ name }) => name));
  const results = await run(graph, new Map([...feeds].filter(([name]) => names.has(name))));
  return results.map((data) => sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}

const show = (steps: readonly NetworkStep[]) => steps.map(({ kind }) => kind).join(", ");
const namesOf = ({ outputs }: Graph) => outputs.map(({ name }) => name);

describe("graphs of random networks in training", () => {
  it("keep every bit and get fewer nodes when they are simplified", async () => {
    let [before, behind] = [0, 0];
    await fc.assert(
      fc.asyncProperty(networkSteps, async (steps) => {
        const { graph, feeds } = boundGraph(steps);
        const simple = simplifyGraph(graph);
        verifyGraph(simple);
        before += graph.nodes.length;
        behind += simple.nodes.length;
        expect(namesOf(simple)).toEqual(namesOf(graph));
        expect(await digests(simple, feeds), show(steps)).toEqual(await digests(graph, feeds));
        expect(simplifyGraph(simple).nodes).toHaveLength(simple.nodes.length);
      }),
      { numRuns: 40, seed: 11 },
    );
    expect(behind).toBeLessThan(0.98 * before);
  });

  it("keep every bit when the statistics of batches are computed again", async () => {
    const step = (kind: string): NetworkStep => ({ kind, from: [0, 0], frozen: false });
    const kinds = ["conv2d", "batchNormalization", "activation relu", "dropout"];
    const { graph, feeds } = boundGraph([...kinds, ...kinds, ...kinds, ...kinds].map(step));
    const simple = simplifyGraph(graph);
    const again = recomputeActivations(simple, new Set(namesOf(simple).slice(1)));
    const count = ({ nodes }: Graph) => nodes.filter(({ op }) => op.name === "batchNormTraining").length;
    expect(count(again)).toBeGreaterThan(count(simple));
    expect(await digests(again, feeds)).toEqual(await digests(simple, feeds));
  });

  it("keep every bit when activations are computed again", async () => {
    let added = 0;
    await fc.assert(
      fc.asyncProperty(networkSteps, async (steps) => {
        const { graph, feeds } = boundGraph(steps);
        const simple = simplifyGraph(graph);
        const again = recomputeActivations(simple, new Set(namesOf(simple).slice(1)));
        verifyGraph(again);
        added += again.nodes.length - simple.nodes.length;
        expect(namesOf(again)).toEqual(namesOf(simple));
        expect(await digests(again, feeds), show(steps)).toEqual(await digests(simple, feeds));
      }),
      { numRuns: 40, seed: 12 },
    );
    expect(added).toBeGreaterThan(40);
  });
});
