import { describe, expect, it } from "vitest";
import { layers, operators, tensor } from "../../src/index.ts";
import { sequential } from "../../src/models/index.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { fit } from "../../src/training/index.ts";
import { smallProblem } from "../support/smallProblem.ts";

/** x to a trained gate: x · sigmoid(weight), as docs/layers.md has it. */
const gateDefinition = layers.defineLayer<{ readonly start: number }>({
  kind: "Gate",
  parameters: ([x], { start }) => [
    { name: "weight", shape: [Number(x!.at(-1))], initializer: { kind: "constant", value: start } },
  ],
  call: ({ g, inputs, parameters }) => {
    const gate = g.apply(operators.sigmoid, [parameters["weight"]!], {});
    return g.apply(operators.mul, [inputs[0]!, gate], {});
  },
});

const gate = (start: number) => new layers.DefinedLayer(gateDefinition, { start });

describe("a user's own layer", () => {
  it("has a name, weights and a gradient like any other", async () => {
    const { x, y } = smallProblem(60);
    const own = gate(0.5);
    const model = sequential({
      layers: [
        layers.dense({ units: 4, inputShape: [16] }),
        own,
        layers.dense({ units: 1, activation: "sigmoid" }),
      ],
    });
    expect(model.summary()).toContain("gate (Gate)");
    expect(own.getWeights()).toEqual([tensor("float32", [4], new Float32Array(4).fill(0.5))]);
    const compiled = compileModel(model, { optimizer: "adam", loss: "binary_crossentropy" });
    const { history } = await fit(compiled, x, y, { epochs: 3 });
    expect(history["loss"]![2]).toBeLessThan(history["loss"]![0]!);
    expect([...own.getWeights()[0]!.data].every((weight) => weight !== 0.5)).toBe(true);
  });
});
