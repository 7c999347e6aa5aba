import { describe, expect, it } from "vitest";
import { interpret } from "../engine/reference/interpret.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Shape } from "../tensor/shape.ts";
import { float32 } from "../tensor/tensor.ts";
import { CallContext } from "./context.ts";
import { dropout, gaussianNoise, spatialDropout2D } from "./index.ts";
import type { Layer } from "./layer.ts";

/** The training form of a layer behind a picture of 2 x 1 pixels and 3 channels: the random input, and the result for some. */
function trained(layer: Layer) {
  const context = new CallContext(new GraphBuilder(), "train");
  const shape: Shape = ["batch", 3, 2, 1];
  const x = context.g.input("x", { dtype: "float32", shape }, { kind: "data" });
  const outputs = context.inside("layer", undefined, () => layer.call(context, [x]));
  const graph = context.g.build(outputs);
  const drawn = graph.inputs.find(({ source }) => source.kind === "input" && source.role.kind === "random");
  const compute = (shapeOf: readonly number[], values: readonly number[]) => {
    const feeds = new Map([
      ["x", float32([1, 3, 2, 1], [1, 2, 3, 4, 5, 6])],
      [drawn!.name, float32(shapeOf, values)],
    ]);
    return [...interpret(graph, feeds)[0]!.data];
  };
  return { x, outputs, drawn, compute };
}

describe("layers that draw in training", () => {
  it("drop whole channels (SpatialDropout2D)", () => {
    const { drawn, compute } = trained(spatialDropout2D({ rate: 0.5 }));
    expect(drawn!.type.shape).toEqual(["batch", 3, 1, 1]);
    expect(compute([1, 3, 1, 1], [2, 0, 2])).toEqual([2, 4, 0, 0, 10, 12]);
  });

  it("drop along the axes of a noise shape, which counts as users do", () => {
    const { drawn, compute } = trained(dropout({ rate: 0.5, noiseShape: [null, 2, 1, 1] }));
    expect(drawn!.type.shape).toEqual(["batch", 1, 2, 1]);
    expect(compute([1, 1, 2, 1], [0, 2])).toEqual([0, 4, 0, 8, 0, 12]);
    expect(trained(dropout({ rate: 0.5, noiseShape: [null, 1, 1, 1] })).drawn!.type.shape).toEqual([
      "batch",
      1,
      1,
      1,
    ]);
  });

  it("add normal numbers (GaussianNoise)", () => {
    const { drawn, compute } = trained(gaussianNoise({ stddev: 0.25 }));
    expect(drawn!.source).toEqual({
      kind: "input",
      role: { kind: "random", draw: { kind: "normal", stddev: 0.25, layer: "layer" } },
    });
    expect(compute([1, 3, 2, 1], [0, 0.5, -1, 0, 1, 0])).toEqual([1, 2.5, 2, 4, 6, 6]);
  });

  it.each([spatialDropout2D({ rate: 0 }), gaussianNoise({ stddev: 0 }), dropout({ rate: 0 })])(
    "draw nothing where nothing would change: $kind",
    (layer) => {
      const { x, outputs, drawn } = trained(layer);
      expect(drawn).toBeUndefined();
      expect(outputs).toEqual([x]);
      expect(layer.definition.drawsInTraining?.(layer.config as never)).toBe(false);
    },
  );

  it("refuse settings that make no sense", () => {
    expect(() => spatialDropout2D({ rate: 1 })).toThrow("spatialDropout2d: expected a rate from 0");
    expect(() => dropout({ rate: 0.5, seed: -1 })).toThrow("dropout: seed: expected a whole number");
    expect(() => gaussianNoise({ stddev: 1.5 })).toThrow(
      "gaussianNoise: expected a stddev from 0 to 1, got 1.5",
    );
    expect(() => trained(dropout({ rate: 0.5, noiseShape: [null, 3, 1, 1] }))).toThrow(
      "layer: noiseShape [null, 3, 1, 1] does not fit input [batch, 2, 1, 3]",
    );
  });
});
