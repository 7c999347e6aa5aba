import { describe, expect, it } from "vitest";
import { createBase } from "./index.ts";
import { freezeBelow, gradualPlaces, placeName, unfrozenFrom } from "./unfreeze.ts";

const base = await createBase("mobilenet_v3_small", { weights: null, inputShape: [96, 96, 3] });

describe("unfreezing a part of a base network", () => {
  it("finds every block of every application", () => {
    const names = base.application.blocks.map(({ firstLayer }) =>
      base.layers.findIndex(({ name }) => name === firstLayer),
    );
    expect(names[0]).toBe(0);
    expect(names).toEqual([...names].sort((a, b) => a - b));
    expect(new Set(names).size).toBe(13);
  });

  it("keeps each block's layers together", () => {
    const prefixes = base.layers.map(({ name }) => /^expanded_conv_(\d+_)?/.exec(name)?.[0]).filter(Boolean);
    const changes = prefixes.filter((prefix, index) => prefix !== prefixes[index - 1]);
    expect(changes).toHaveLength(11);
  });

  it("trains a block and all behind it, the last blocks, from a layer on, or all", () => {
    const name = (part: string) => base.layers[unfrozenFrom(base, part)]!.name;
    expect(name("block11")).toBe("expanded_conv_10_expand");
    expect(name("last:1")).toBe("conv_1");
    expect(name("last:2")).toBe("expanded_conv_10_expand");
    expect(name("last:99")).toBe("input_layer");
    expect(name("from:expanded_conv_10_project")).toBe("expanded_conv_10_project");
    expect(name("from:block1")).toBe("expanded_conv_depthwise_pad");
    expect(unfrozenFrom(base, "all")).toBe(0);
  });

  it("freezes what lies below, whatever the flags were, and all of it without a place", () => {
    for (const layer of base.layers) layer.trainable = true;
    freezeBelow(base, unfrozenFrom(base, "last:1"));
    expect(base.trainableWeights).toEqual([
      ...base.getLayer("conv_1").trainableWeights,
      ...base.getLayer("conv_1_bn").trainableWeights,
    ]);
    expect(base.trainableWeights).toHaveLength(3);
    freezeBelow(base, 0);
    expect(base.trainableWeights).toHaveLength(base.weights.filter((one) => one.createdTrainable).length);
    freezeBelow(base, undefined);
    expect(base.trainableWeights).toHaveLength(0);
  });

  it("unfreezes gradually: block by block from the top", () => {
    const places = gradualPlaces(base, unfrozenFrom(base, "last:3"));
    expect(places.map((place) => placeName(base, place))).toEqual(["top", "block11", "block10"]);
    const layer = unfrozenFrom(base, "from:expanded_conv_10_project");
    expect(gradualPlaces(base, layer).map((place) => placeName(base, place))).toEqual([
      "top",
      "expanded_conv_10_project",
    ]);
  });

  it("refuses names that there are not, with those that there are", () => {
    expect(() => unfrozenFrom(base, "blok5")).toThrow(
      /no such block. Did you mean block\d+\?.*block11, top/s,
    );
    expect(() => unfrozenFrom(base, "from:conv_2")).toThrow(/no such layer. Did you mean conv/);
    expect(() => unfrozenFrom(base, "last:0")).toThrow("last:<number of blocks>");
    const last = base.layers.at(-1)!.name;
    expect(() => unfrozenFrom(base, `from:${last}`)).toThrow("only the head would be trained");
  });
});
