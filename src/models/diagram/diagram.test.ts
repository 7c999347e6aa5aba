import { describe, expect, it } from "vitest";
import { conv2d, dense, dropout, flatten, input, maxPooling2D } from "../../layers/index.ts";
import { add } from "../../layers/merge.ts";
import { Model } from "../functional.ts";
import { sequential } from "../sequential.ts";
import { drawGraph } from "./drawGraph.ts";
import { layeredLayout } from "./layout.ts";

function smallNetwork(): Model {
  const model = sequential({
    name: "small",
    layers: [
      conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [16, 16, 3], name: "conv" }),
      maxPooling2D({ poolSize: 2, name: "pool" }),
      flatten({ name: "flatten" }),
      dropout({ rate: 0.5, name: "drop" }),
      dense({ units: 2, name: "top" }),
    ],
  });
  model.layers[0]!.trainable = false;
  return model;
}

describe("drawGraph", () => {
  it("tells of each layer what training makes of it, and where the cut is", () => {
    const { nodes, edges, cut } = drawGraph(smallNetwork()).diagram;
    expect(nodes.map(({ name, state, isStored }) => [name, state, isStored])).toEqual([
      ["input_layer", "input", true],
      ["conv", "frozen", true],
      ["pool", "plain", true],
      ["flatten", "plain", false],
      ["drop", "random", false],
      ["top", "trained", false],
    ]);
    expect(edges.filter(({ isCut }) => isCut)).toEqual([{ from: 2, to: 3, isCut: true }]);
    expect(cut).toContain("196 numbers a sample");
  });

  it("draws gradients behind the loss, down to the last layer that is trained", () => {
    const model = smallNetwork();
    model.layers[0]!.trainable = true;
    const { nodes, edges } = drawGraph(model, { training: true }).diagram;
    const behind = nodes.slice(6).map(({ name, state }) => `${state} ${name}`);
    expect(behind).toEqual([
      "loss loss",
      "gradient top",
      "gradient drop",
      "gradient flatten",
      "gradient pool",
      "gradient conv",
    ]);
    const backwards = edges
      .filter(({ to }) => to > 6)
      .map(({ from, to }) => `${nodes[from]!.name} > ${nodes[to]!.name}`);
    expect(backwards.sort()).toEqual([
      "drop > flatten",
      "flatten > pool",
      "loss > top",
      "pool > conv",
      "top > drop",
    ]);
    expect(drawGraph(model, { training: true }).operators).toContain("gradients/conv");
  });

  it("takes models inside apart and draws every way of a branch", () => {
    const inner = sequential({ name: "inner", layers: [dense({ units: 8, name: "one", inputShape: [8] })] });
    const x = input({ shape: [8], name: "x" });
    const model = new Model({ inputs: x, outputs: add().apply([inner.apply(x), x]), name: "outer" });
    const { nodes, edges } = drawGraph(model).diagram;
    expect(nodes.map(({ name }) => name)).toEqual(["x", "inner/one", "add"]);
    expect(edges.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
  });

  it("writes a picture with every box and the cut, and a text with the cut", () => {
    const { svg, text } = drawGraph(smallNetwork());
    expect(svg.match(/<rect [^>]*rx="5"/g)).toHaveLength(6);
    expect(svg).toContain("stroke-dasharray");
    expect(text.split("\n").findIndex((line) => line.includes("cut: what is above"))).toBe(5);
  });
});

describe("layeredLayout", () => {
  it("puts every box below those that it needs, and no two of a rank upon each other", () => {
    // A way around a chain, and two boxes beside each other.
    const arrows = [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
      [0, 5],
      [4, 5],
    ].map(([from, to]) => ({ from: from!, to: to! }));
    const boxes = Array.from({ length: 6 }, () => ({ width: 100, height: 30 }));
    const { centres, ways, width, height } = layeredLayout(boxes, arrows);
    for (const { from, to } of arrows) expect(centres[to]!.y).toBeGreaterThan(centres[from]!.y + 30);
    expect(centres[1]!.y).toBe(centres[2]!.y);
    expect(Math.abs(centres[1]!.x - centres[2]!.x)).toBeGreaterThanOrEqual(100);
    // The long way passes each of the three ranks between its ends beside the boxes there.
    expect(ways[5]).toHaveLength(5);
    for (const { x } of ways[5]!.slice(1, -1)) {
      for (const box of [3, 4]) expect(Math.abs(x - centres[box]!.x)).toBeGreaterThan(50);
    }
    for (const { x, y } of centres) {
      expect(x).toBeGreaterThan(49.9);
      expect(x).toBeLessThan(width - 49.9);
      expect(y).toBeLessThan(height - 14.9);
    }
  });
});
