import { describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../../test/support/goldenArrays.ts";
import { Random } from "../../base/random.ts";
import type { FloatImage } from "../floatImage.ts";
import { applyLayer } from "./apply.ts";
import { type LayerDraw, sampleLayers } from "./draw.ts";
import {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./layers.ts";
import type { RandomLayer } from "./pipeline.ts";

type Case = Record<string, unknown> & {
  readonly type: RandomLayer["type"];
  readonly image: "square" | "unit" | "tall";
  readonly draw: object;
  readonly output: GoldenArray;
};

const golden = goldenFile<Record<"square" | "unit" | "tall", GoldenArray> & { cases: Case[] }>(
  "preprocessingLayers",
);

function image(array: GoldenArray): FloatImage {
  const { shape, data } = decodeArray(array);
  const [height, width, channels] = shape;
  return { height: height!, width: width!, channels: channels!, data };
}

describe("random layers", () => {
  it.each(golden.cases.map((given, number) => ({ ...given, number, text: JSON.stringify(given.draw) })))(
    "give the pixels of Keras 3: $number $type $fillMode $interpolation $text",
    ({ output, draw, ...given }) => {
      // The golden file has the members of the layer and of the draw.
      const layer = given as unknown as RandomLayer;
      const step = { type: layer.type, ...draw } as LayerDraw;
      const found = applyLayer(image(golden[given.image]), layer, step);
      const expected = decodeArray(output);
      expect([found.height, found.width, found.channels]).toEqual(expected.shape);
      // Coordinates are float32: an ulp of a coordinate times a contrast of 255.
      const tolerance = given.image === "unit" ? 1e-5 : 2e-3;
      for (const [i, value] of expected.data.entries()) {
        expect(Math.abs(found.data[i]! - value)).toBeLessThan(tolerance);
      }
    },
  );

  it("resolve factors as Keras does", () => {
    expect(randomRotation({ factor: 0.2 })).toMatchObject({ factor: [-0.2, 0.2], fillMode: "reflect" });
    expect(randomZoom({ heightFactor: [0.3, -0.2] })).toMatchObject({
      heightFactor: [-0.2, 0.3],
      widthFactor: null,
    });
    expect(randomContrast({ factor: 0.4 })).toMatchObject({ factor: [0, 0.4], valueRange: [0, 255] });
    expect(randomBrightness({ factor: 0.4 })).toMatchObject({ factor: [-0.4, 0.4] });
    expect(() => randomContrast({ factor: 1.5 })).toThrow(/from 0 to 1/);
    expect(() => randomRotation({ factor: 2 })).toThrow(/from -1 to 1/);
  });

  it("draw within their ranges, both flips or none", () => {
    const layers = [
      randomFlip(),
      randomRotation({ factor: 0.1 }),
      randomZoom({ heightFactor: 0.2 }),
      randomTranslation({ heightFactor: 0.3, widthFactor: [0.1, 0.2] }),
      randomCrop({ height: 5, width: 6 }),
    ];
    const shape = { height: 8, width: 8, channels: 3 };
    for (let seed = 0; seed < 50; seed++) {
      const [flip, turn, zoom, move, crop] = sampleLayers(layers, shape, new Random(seed));
      expect(flip).toMatchObject(
        flip?.type === "randomFlip" && flip.flipHorizontal ? { flipVertical: true } : { flipVertical: false },
      );
      if (turn?.type === "randomRotation") expect(Math.abs(turn.turn)).toBeLessThan(0.1);
      if (zoom?.type === "randomZoom") expect(zoom.width).toBe(zoom.height);
      if (move?.type === "randomTranslation") expect(move.width).toBeGreaterThanOrEqual(0.1);
      if (crop?.type === "randomCrop") {
        expect([0, 1, 2, 3]).toContain(crop.top);
        expect([0, 1, 2]).toContain(crop.left);
      }
    }
  });
});
