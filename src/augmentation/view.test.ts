import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preprocessing } from "../applications/preprocessing.ts";
import { Random } from "../base/random.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import { Preprocessor } from "../images/preprocess.ts";
import { Resampler } from "../images/resize.ts";
import { applyTransform } from "./applyTransform.ts";
import { type Draw, sampleDraw } from "./draw.ts";
import { toFloatImage } from "./floatImage.ts";
import { type ImageDataGeneratorOptions, resolvePipeline } from "./generatorOptions.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import { compatVersions, fillModes, type GeneratorPipeline } from "./pipeline.ts";
import { identityParameters, type TransformParameters } from "./transformParameters.ts";
import { renderView, ViewRenderer } from "./view.ts";

function noise(width: number, height: number): PixelImage {
  const random = new Random("noise", width, height);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}

/** The slow way, [3, height, width] of values 0 to 255. */
function reference(
  image: PixelImage,
  size: number[],
  pipeline: GeneratorPipeline,
  parameters: TransformParameters,
) {
  const [height, width] = size as [number, number];
  const resized = new Resampler().resize(image, { height, width, filter: "nearest" });
  const { data } = applyTransform(toFloatImage(resized), parameters, pipeline);
  return Float32Array.from({ length: data.length }, (_, i) => {
    const pixels = width * height;
    return data[(i % pixels) * 3 + Math.floor(i / pixels)]!;
  });
}

function greatestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((greatest, value, i) => Math.max(greatest, Math.abs(value - b[i]!)), 0);
}

const draw = (parameters: Partial<TransformParameters>): Draw => ({
  kind: "generator",
  number: 0,
  parameters: { ...identityParameters, ...parameters },
});

const all: ImageDataGeneratorOptions = {
  rotationRange: 180,
  widthShiftRange: 0.4,
  heightShiftRange: 0.4,
  shearRange: 30,
  zoomRange: [0.3, 2.5],
  horizontalFlip: true,
  verticalFlip: true,
  channelShiftRange: 40,
};

describe("renderView", () => {
  it("gives without a draw the bits of the preprocessor", () => {
    const image = noise(61, 43);
    for (const record of [
      preprocessing("torch", { width: 32, height: 24, fit: "crop", resizeTo: 40 }),
      preprocessing("caffe", { width: 20, height: 20 }),
    ]) {
      const plain = new Float32Array(3 * record.width * record.height);
      new Preprocessor(record).run(image, plain);
      const pipeline = resolvePipeline(all);
      expect(renderView(image, { preprocessing: record, pipeline, draw: null })).toEqual(plain);
      expect(renderView(image, { preprocessing: record, pipeline: null, draw: null })).toEqual(plain);
      expect(renderView(image, { preprocessing: record, pipeline, draw: draw({}) })).toEqual(plain);
    }
  });

  it("warps within 1e-4 of 255 of the exact warp, whatever the pipeline, the size and the draw", () => {
    const anyPipeline = fc.record({
      compat: fc.constantFrom(null, ...compatVersions),
      fillMode: fc.constantFrom(...fillModes),
      cval: fc.constantFrom(0, 99.5),
    });
    const size = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(anyPipeline, size, fc.integer({ min: 0, max: 999 }), (given, [height, width], number) => {
        const pipeline = resolvePipeline({ ...all, ...given });
        const image = noise(37, 29);
        const shape = { height, width, channels: 3 };
        const sampled = sampleDraw(pipeline, { seed: 1, imageDigest: "digest", number, shape });
        const record = preprocessing("none", { width, height, filter: "nearest" });
        const view = renderView(image, { preprocessing: record, pipeline, draw: sampled });
        if (sampled.kind !== "generator") throw new Error("expected a generator's draw");
        const exact = reference(image, [height, width], pipeline, sampled.parameters);
        return greatestDifference(view, exact) < 1e-4;
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("flips, shifts by whole pixels and brightens exactly", () => {
    const image = noise(30, 22);
    const record = preprocessing("none", { width: 30, height: 22, filter: "nearest" });
    const pipeline = resolvePipeline({});
    for (const parameters of [
      { flipHorizontal: true },
      { flipVertical: true, flipHorizontal: true },
      { tx: 3, ty: -5 },
      { brightness: 1.3, flipHorizontal: true },
      { channelShiftIntensity: -20.5, brightness: 0.7 },
    ]) {
      const given = draw(parameters);
      const view = renderView(image, { preprocessing: record, pipeline, draw: given });
      const exact = reference(image, [22, 30], pipeline, { ...identityParameters, ...parameters });
      expect(view).toEqual(exact);
    }
  });

  it("normalises a warped picture with the bits of a plain one", () => {
    const image = noise(24, 24);
    const record = preprocessing("caffe", { width: 24, height: 24 });
    const plain = renderView(image, { preprocessing: record, pipeline: null, draw: null });
    const pipeline = resolvePipeline({});
    const flipped = renderView(image, {
      preprocessing: record,
      pipeline,
      draw: draw({ flipHorizontal: true }),
    });
    const shifted = renderView(image, {
      preprocessing: record,
      pipeline,
      draw: draw({ channelShiftIntensity: 0 }),
    });
    expect(shifted).toEqual(plain);
    expect(flipped).toEqual(plain.map((_, i) => plain[i - (i % 24) + 23 - (i % 24)]!));
  });

  it("gives the bits of a generator's pictures", () => {
    const image = noise(26, 26);
    const generator = new ImageDataGenerator({ ...all, rescale: 1 / 255 });
    const shape = { height: 26, width: 26, channels: 3 };
    const sampled = sampleDraw(generator.pipeline, { seed: 3, imageDigest: "d", number: 4, shape });
    const record = preprocessing("rescale", { width: 26, height: 26, filter: "nearest" });
    const view = renderView(image, { preprocessing: record, pipeline: generator.pipeline, draw: sampled });
    const { data } = generator.standardize(generator.applyDraw(toFloatImage(image), sampled));
    expect(view).toEqual(view.map((_, i) => data[(i % 676) * 3 + Math.floor(i / 676)]!));
  });

  it("gives the same bits again from JSON and after other pictures", () => {
    const image = noise(50, 40);
    const record = preprocessing("tf", { width: 32, height: 32 });
    const pipeline = resolvePipeline(all);
    const shape = { height: 32, width: 32, channels: 3 };
    const sampled = sampleDraw(pipeline, { seed: 3, imageDigest: "d", number: 4, shape });
    const recipe = { preprocessing: record, pipeline, draw: sampled };
    const first = renderView(image, recipe);
    expect(renderView(image, JSON.parse(JSON.stringify(recipe)))).toEqual(first);
    const renderer = new ViewRenderer(record);
    const again = new Float32Array(first.length);
    renderer.render(noise(300, 200), pipeline, sampled, again);
    renderer.render(image, pipeline, sampled, again);
    expect(again).toEqual(first);
  });
});
