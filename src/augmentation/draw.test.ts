import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../base/digest.ts";
import {
  type Draw,
  type DrawPolicy,
  drawDigest,
  drawNumber,
  drawNumbers,
  effectivePolicy,
  sampleDraw,
} from "./draw.ts";
import { resolvePipeline } from "./generatorOptions.ts";
import { distinctViews, pipelineDigest } from "./pipeline.ts";
import { presetPipeline } from "./presets.ts";
import { randomFlip } from "./randomLayers/layers.ts";

const shape = { height: 20, width: 30, channels: 3 };
const pipeline = presetPipeline("book");
const images = Array.from({ length: 12 }, (_, i) => sha256(`image ${i}`));

describe("sampleDraw", () => {
  it("depends on seed, image, number and pipeline alone, not on what was drawn before", () => {
    const requests = images.flatMap((imageDigest) =>
      [0, 1, 2].map((number) => ({ seed: 5, imageDigest, number, shape })),
    );
    const inOrder = requests.map((request) => sampleDraw(pipeline, request));
    fc.assert(
      fc.property(fc.shuffledSubarray([...requests.keys()]), (order) => {
        for (const i of order) expect(sampleDraw(pipeline, requests[i]!)).toEqual(inOrder[i]);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("differs with each of the four", () => {
    const request = { seed: 5, imageDigest: images[0]!, number: 0, shape };
    const draws = [
      sampleDraw(pipeline, request),
      sampleDraw(pipeline, { ...request, seed: 6 }),
      sampleDraw(pipeline, { ...request, imageDigest: images[1]! }),
      sampleDraw(pipeline, { ...request, number: 1 }),
      sampleDraw(presetPipeline("strong"), request),
    ];
    const digests = draws.map((draw) => drawDigest(draw, pipeline));
    expect(new Set(digests).size).toBe(draws.length);
  });

  it("stays within the ranges and fills them evenly", () => {
    const draws = Array.from({ length: 400 }, (_, number) =>
      sampleDraw(pipeline, { seed: 1, imageDigest: images[0]!, number, shape }),
    );
    const angles = draws.map((draw) => (draw.kind === "generator" ? draw.parameters.theta : Number.NaN));
    expect(Math.min(...angles)).toBeGreaterThanOrEqual(-40);
    expect(Math.max(...angles)).toBeLessThan(40);
    for (const quarter of [-40, -20, 0, 20]) {
      const count = angles.filter((angle) => angle >= quarter && angle < quarter + 20).length;
      // 100 expected; five standard deviations to either side.
      expect(Math.abs(count - 100)).toBeLessThan(44);
    }
  });

  it("is plain JSON", () => {
    const draw = sampleDraw(pipeline, { seed: 1, imageDigest: images[0]!, number: 3, shape });
    expect(JSON.parse(JSON.stringify(draw))).toEqual(draw);
  });

  it("keeps its numbers from version to version", () => {
    const draw = sampleDraw(pipeline, { seed: 42, imageDigest: sha256("image"), number: 7, shape });
    expect(draw).toMatchInlineSnapshot(`
      {
        "kind": "generator",
        "number": 7,
        "parameters": {
          "brightness": null,
          "channelShiftIntensity": null,
          "flipHorizontal": true,
          "flipVertical": false,
          "shear": 0.10421514288711897,
          "theta": -39.574739317726795,
          "tx": 4.882924927269428,
          "ty": 2.1208649728683437,
          "zx": 0.8222769757841666,
          "zy": 0.9177550629180098,
        },
      }
    `);
  });
});

describe("drawNumber", () => {
  const inEpochs = (policy: DrawPolicy, seed = 3) =>
    Array.from({ length: 200 }, (_, epoch) => drawNumber(policy, epoch, seed, images[0]!));

  it("is the epoch for fresh draws and none for none", () => {
    expect(inEpochs("fresh")).toEqual(Array.from({ length: 200 }, (_, epoch) => epoch));
    expect(new Set(inEpochs("none"))).toEqual(new Set([undefined]));
  });

  it("is one of K for a pool, all of them in the long run, others for another seed", () => {
    expect(new Set(inEpochs({ pool: 5 }))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(inEpochs({ pool: 5 })).not.toEqual(inEpochs({ pool: 5 }, 4));
    expect(drawNumbers({ pool: 5 }, 200, 3, images[0]!).toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(() => inEpochs({ pool: 0 })).toThrow(/at least 1/);
  });
});

describe("drawDigest", () => {
  it("makes flips a pool of two, shared by pipelines that only flip", () => {
    const flip = presetPipeline("flip");
    const layers = { kind: "layers", layers: [randomFlip({ mode: "horizontal" })] } as const;
    const found = [flip, layers].map((given) => {
      const digests = Array.from({ length: 40 }, (_, number) =>
        drawDigest(sampleDraw(given, { seed: 1, imageDigest: images[0]!, number, shape }), given),
      );
      expect(new Set(digests).size).toBe(2);
      expect(digests).toContain(drawDigest(undefined, given));
      expect(distinctViews(given)).toBe(2);
      return [...new Set(digests)].sort();
    });
    expect(found[0]).toEqual(found[1]);
  });

  it("takes in how the outside is filled only where something comes from outside", () => {
    const wrap = resolvePipeline({ rotationRange: 3, fillMode: "wrap" });
    const near = resolvePipeline({ rotationRange: 3 });
    const flipped: Draw = {
      kind: "generator",
      number: 0,
      parameters: {
        ...{ theta: 0, tx: 0, ty: 0, shear: 0, zx: 1, zy: 1, flipHorizontal: true, flipVertical: false },
        ...{ channelShiftIntensity: null, brightness: null },
      },
    };
    const turned: Draw = { ...flipped, parameters: { ...flipped.parameters, theta: 2 } };
    expect(drawDigest(flipped, wrap)).toBe(drawDigest(flipped, near));
    expect(drawDigest(turned, wrap)).not.toBe(drawDigest(turned, near));
  });

  it("is no draw where a pipeline does nothing", () => {
    expect(effectivePolicy("fresh", presetPipeline("none"))).toBe("none");
    expect(pipelineDigest(presetPipeline("none"))).toBe(pipelineDigest(resolvePipeline({})));
  });
});
