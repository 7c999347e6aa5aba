import { describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { parseModel } from "../../src/onnx/model/readModel.ts";

/** The ONNX operators of a network's frozen part, in order, with how many inputs each has. */
async function emitted(name: string, side: number): Promise<readonly { op: string; inputs: number }[]> {
  const base = await createBase(name, { weights: "random", inputShape: [side, side, 3] });
  const { builder, outputs } = base.toGraph({ mode: "infer" });
  const { graph } = parseModel(encodeModel(builder.build(outputs)), name);
  return graph!.node.map(({ opType, input }) => ({ op: opType, inputs: input.length }));
}

function count(nodes: readonly { op: string }[], op: string): number {
  return nodes.filter((node) => node.op === op).length;
}

// One node for what is one step, or the engine walks over whole maps once more for each.
describe("the nodes of frozen networks", () => {
  it("have one for each gelu of ConvNeXt", async () => {
    const nodes = await emitted("convnext_tiny", 32);
    expect(count(nodes, "Gelu")).toBe(18);
    expect(count(nodes, "Erf")).toBe(0);
  });

  it("add no zero to EfficientNet's pictures", async () => {
    const nodes = await emitted("efficientnet_b0", 32);
    const last = nodes.findIndex(({ op }) => op === "Conv");
    expect(nodes.slice(0, last).map(({ op }) => op)).not.toContain("Add");
    expect(count(nodes.slice(0, last), "Mul")).toBe(1);
  });

  it.each([
    { name: "resnet50_v2", pads: [4] },
    { name: "resnet50", pads: [3] },
  ])("keep $name's zeros apart from the pooling behind a convolution only", async ({ name, pads }) => {
    const nodes = await emitted(name, 32);
    const found = nodes.filter(({ op }) => op === "Pad").map(({ inputs }) => inputs);
    expect(found).toEqual(pads);
  });
});
