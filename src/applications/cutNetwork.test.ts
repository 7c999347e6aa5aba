import { describe, expect, it } from "vitest";
import { cutNetwork } from "./cutNetwork.ts";
import { createBase } from "./index.ts";
import { unfrozenFrom } from "./unfreeze.ts";

const size = { weights: null, inputShape: [96, 96, 3] } as const;
const whole = await createBase("mobilenet_v3_small", size);

describe("a network that is cut", () => {
  it("ends behind a layer, with the same layers and weights up to it", () => {
    const base = cutNetwork(whole, "expanded_conv_3_project_bn");
    expect(base.layers.at(-1)!.name).toBe("expanded_conv_3_project_bn");
    expect(whole.layers).toEqual(expect.arrayContaining([...base.layers]));
    expect(base.weights.every((weight) => whole.weights.includes(weight))).toBe(true);
    expect(base.cut).toBe("expanded_conv_3_project_bn");
    expect(base.preprocessing).toEqual(whole.preprocessing);
    expect(whole.cut).toBeUndefined();
  });

  it("ends behind a block, which is the same as behind its last layer", async () => {
    const base = cutNetwork(whole, "block8");
    expect(base.outputShape).toEqual(["batch", 6, 6, 48]);
    const again = await createBase("mobilenet_v3_small", { ...size, cut: base.cut! });
    expect(again.summary()).toBe(base.summary());
    expect(cutNetwork(base, "block2").summary()).toBe(cutNetwork(whole, "block2").summary());
    expect(cutNetwork(whole, "top").outputs).toEqual(whole.outputs);
  });

  it("counts its blocks by those that are left", () => {
    const base = cutNetwork(whole, "block8");
    expect(base.application.blocks.at(-1)!.name).toBe("block8");
    const first = (name: string) => whole.layers.findIndex((layer) => layer.name === name);
    const { firstLayer } = whole.application.blocks.find(({ name }) => name === "block6")!;
    expect(unfrozenFrom(base, "last:3")).toBe(first(firstLayer));
    expect(() => unfrozenFrom(base, "block9")).toThrow("has no such block. Did you mean block");
  });

  it("takes the end of the cell that is named where cells read the one before the last as well", async () => {
    const nasNet = await createBase("nasnet_mobile", { weights: null });
    const names = (cut: string) => cutNetwork(nasNet, cut).layers.map(({ name }) => name);
    expect(names("cell_1")).toContain("normal_concat_1");
    expect(names("cell_1")).not.toContain("normal_concat_2");
    expect(names("cell_reduce_4")).toContain("reduction_concat_reduce_4");
  });

  it("is pooled where it is cut", async () => {
    const base = await createBase("mobilenet_v3_small", { ...size, cut: "block8", pooling: "avg" });
    expect(base.outputShape).toEqual(["batch", 48]);
    expect(base).toMatchObject({ pooling: "avg", variant: undefined });
  });

  it("says which names there are, and where no cut can be", () => {
    expect(() => cutNetwork(whole, "blok8")).toThrow(
      /mobilenet.*no layer or block "blok8" to cut behind\. Did you mean block8\? Its blocks: stem, block1, .*, top\. The last layers that make maps: .*\.$/i,
    );
    expect(() => cutNetwork(whole, "expanded_conv_3_project_bm")).toThrow(
      "Did you mean expanded_conv_3_project_bn?",
    );
    expect(() => cutNetwork(whole, "expanded_conv_squeeze_excite_conv")).toThrow(
      "a cut must be where maps [batch, height, width, channels] are",
    );
  });

  it("has weights, or there would be nothing to transfer", async () => {
    const resNet = await createBase("resnet50", { ...size });
    expect(() => cutNetwork(resNet, "conv1_pad")).toThrow("Cut behind conv1_conv or later.");
  });
});
