import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { CallContext, type Mode } from "./context.ts";
import { DefinedLayer } from "./definition.ts";
import {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./index.ts";
import { makeLayer } from "./kinds.ts";

const every = [
  randomFlip(),
  randomRotation({ factor: [-0.1, 0.2], fillMode: "constant", fillValue: 3 }),
  randomZoom({ heightFactor: 0.2 }),
  randomTranslation({ heightFactor: 0.1, widthFactor: [0, 0.1], interpolation: "nearest" }),
  randomContrast({ factor: 0.2 }),
  randomBrightness({ factor: 0.2, valueRange: [0, 1] }),
  randomCrop({ height: 4, width: 4 }),
];

/** What a layer makes of pictures 4x4, and their value. */
function call(layer: DefinedLayer, mode: Mode, fedDrawn: boolean) {
  const context = new CallContext(new GraphBuilder(), mode, { fedDrawn });
  const type = { dtype: "float32", shape: ["batch", 3, 4, 4] } as const;
  const x = context.g.input("x", type, { kind: "data" });
  return { x, result: context.inside("random", undefined, () => layer.call(context, [x]))[0] };
}

describe("random preprocessing layers", () => {
  it("are the identity in prediction, and in training on pictures that are drawn before they are fed", () => {
    for (const layer of every) {
      const predicted = call(layer as DefinedLayer, "infer", false);
      expect(predicted.result).toBe(predicted.x);
      const trained = call(layer as DefinedLayer, "train", true);
      expect(trained.result).toBe(trained.x);
      expect(() => call(layer as DefinedLayer, "train", false)).toThrow("random: its draws are made before");
    }
  });

  it("can be made again from their configuration, with Keras's defaults filled in", () => {
    for (const layer of every) {
      const again = makeLayer(layer.kind, JSON.parse(JSON.stringify(layer.config)) as object);
      expect(again instanceof DefinedLayer && again.config).toEqual(layer.config);
    }
    expect(randomZoom({ heightFactor: 0.2 }).config).toEqual({
      heightFactor: 0.2,
      widthFactor: null,
      fillMode: "reflect",
      fillValue: 0,
      interpolation: "bilinear",
    });
  });

  it("refuse factors out of bounds and crops larger than the picture", () => {
    expect(() => randomRotation({ factor: 2 })).toThrow(
      "randomRotation: factor: expected numbers from -1 to 1",
    );
    expect(() => randomContrast({ factor: [-0.5, 0] })).toThrow("from 0 to 1");
    expect(() => randomBrightness({ factor: Number.NaN })).toThrow("randomBrightness: factor");
    expect(() => call(randomCrop({ height: 5, width: 4 }) as DefinedLayer, "infer", false)).toThrow(
      "expected pictures of at least 5 rows, got 4",
    );
  });
});
