import { describe, expect, it } from "vitest";
import { temporaryTree } from "../../test/support/temporaryTree.ts";
import { resolvePipeline } from "./generatorOptions.ts";
import { distinctViews, isIdentity } from "./pipeline.ts";
import { presetNames, presetPipeline } from "./presets.ts";
import { readAugmentation } from "./settingsFile.ts";

describe("presets", () => {
  it.each(presetNames)("%s is a pipeline", (name) => {
    const pipeline = presetPipeline(name);
    expect(isIdentity(pipeline)).toBe(name === "none");
    expect(distinctViews(pipeline)).toBe({ none: 1, flip: 2 }[name] ?? Number.POSITIVE_INFINITY);
  });

  it("names the nearest one for a misspelt name", () => {
    expect(() => presetPipeline("boook")).toThrow(/Did you mean book\?/);
  });
});

describe("readAugmentation", () => {
  it("reads the same from JSON and TOML, over a preset", async () => {
    const root = await temporaryTree({
      "a.json": '{ "preset": "light", "rotationRange": 25, "zoomRange": [0.5, 1] }',
      "a.toml": 'preset = "light"\nrotationRange = 25\nzoomRange = [0.5, 1.0]\n',
    });
    const expected = resolvePipeline({
      rotationRange: 25,
      widthShiftRange: 0.05,
      heightShiftRange: 0.05,
      zoomRange: [0.5, 1],
      horizontalFlip: true,
    });
    expect(await readAugmentation(`${root}/a.json`)).toEqual(expected);
    expect(await readAugmentation(`${root}/a.toml`)).toEqual(expected);
  });

  it("reads lists of Keras 3's random layers", async () => {
    const toml =
      '[[layers]]\ntype = "randomFlip"\nmode = "horizontal"\n[[layers]]\ntype = "randomRotation"\nfactor = 0.1\n';
    const root = await temporaryTree({ "layers.toml": toml });
    expect(await readAugmentation(`${root}/layers.toml`)).toEqual({
      kind: "layers",
      layers: [
        { type: "randomFlip", mode: "horizontal" },
        {
          type: "randomRotation",
          factor: [-0.1, 0.1],
          fillMode: "reflect",
          fillValue: 0,
          interpolation: "bilinear",
        },
      ],
    });
  });

  it.each([
    ['{ "rotationRang": 3 }', /bad\.json.*Did you mean rotationRange\?/],
    ['{ "rotationRange": "much" }', /bad\.json.*rotationRange: expected a number/],
    ['{ "rescale": 0.5 }', /unknown option "rescale"/],
    ['{ "layers": [{ "type": "randomFlp" }] }', /layers\[0\]\.type.*Did you mean randomFlip\?/],
    ['{ "layers": [{ "type": "randomRotation" }] }', /factor: expected a pair of numbers/],
    ["rotationRange = 3", /bad\.json.*Write it as JSON/],
  ])("says what is wrong with %s", async (content, message) => {
    const root = await temporaryTree({ "bad.json": content });
    await expect(readAugmentation(`${root}/bad.json`)).rejects.toThrow(message);
  });

  it("tells a missing file from a misspelt name", async () => {
    await expect(readAugmentation("nowhere.toml")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(readAugmentation("lihgt")).rejects.toMatchObject({ code: "UNKNOWN_NAME" });
  });
});
