import { describe, expect, it } from "vitest";
import { dense, dropout } from "../layers/index.ts";
import { float32 } from "../tensor/tensor.ts";
import { Sequential } from "./sequential.ts";
import { layerFromRecord, layerRecord } from "./structure.ts";
import { namedWeights, setNamedWeights, weightsDigest } from "./weights.ts";

function head(seed: number): Sequential {
  const layers = [dense({ units: 2, inputShape: [3] }), dropout({ rate: 0.5 }), dense({ units: 1 })];
  return new Sequential({ seed, layers });
}

describe("named weights", () => {
  it("carry a model's weights into another, in any order", () => {
    const [from, to] = [head(1), head(2)];
    setNamedWeights(to, namedWeights(from).toReversed());
    expect(to.getWeights()).toEqual(from.getWeights());
    expect(weightsDigest(to)).toBe(weightsDigest(from));
  });

  it("are refused when one is missing, unknown or of another shape, and none is changed", () => {
    const model = head(1);
    const before = weightsDigest(model);
    const weights = namedWeights(head(2));
    expect(() => setNamedWeights(model, weights.slice(1))).toThrow("needs the weight dense/kernel");
    const misnamed = weights.map((one) => ({
      ...one,
      name: one.name.replace("dense_1/bias", "dense_1/bis"),
    }));
    expect(() => setNamedWeights(model, misnamed)).toThrow("Did you mean dense_1/bias?");
    const reshaped = weights.map((one) => ({ ...one, tensor: float32([1, 1], [0]) }));
    expect(() => setNamedWeights(model, reshaped)).toThrow("dense/kernel: expected shape [3, 2], got [1, 1]");
    expect(weightsDigest(model)).toBe(before);
  });

  it("have a digest that changes with any value", () => {
    const model = head(1);
    const before = weightsDigest(model);
    model.weights[1]!.value[0] = 1e-30;
    expect(weightsDigest(model)).not.toBe(before);
    expect(weightsDigest(model, (name) => name !== "dense/bias")).toBe(
      weightsDigest(head(1), (name) => name !== "dense/bias"),
    );
  });
});

describe("layer records", () => {
  it("make the same layer again", () => {
    const records = head(1).layers.map(layerRecord);
    const again = JSON.parse(JSON.stringify(records)) as typeof records;
    const copy = new Sequential({ layers: again.map(layerFromRecord) });
    copy.build([["batch", 3]]);
    expect(copy.layers.map(layerRecord)).toEqual(records);
    setNamedWeights(copy, namedWeights(head(1)));
  });

  it("suggest the nearest kind", () => {
    expect(() => layerFromRecord({ kind: "Dens", name: "a", config: {} })).toThrow("Did you mean Dense?");
  });
});
