import { describe, expect, it } from "vitest";
import { preprocessingFrom } from "../../src/applications/onnx/preprocessorConfig.ts";
import { Preprocessor } from "../../src/images/preprocess.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{
  readonly cases: readonly {
    readonly config: string;
    readonly shape: readonly [number, number, number];
    readonly step: number;
    readonly values: GoldenArray;
  }[];
}>("preprocessorConfigs");

const [height, width] = [47, 61];
const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * i * 7) % 251);

describe("a preprocessor_config.json", () => {
  it.each(cases)("gives what transformers make of a picture: $config", ({ config, shape, step, values }) => {
    const record = preprocessingFrom(config, "preprocessor_config.json");
    expect([3, record.height, record.width]).toEqual(shape);
    const into = new Float32Array(3 * record.height * record.width);
    new Preprocessor(record).run({ height, width, data }, into);
    for (const [place, value] of decodeArray(values).data.entries())
      expect(Math.abs(into[place * step]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  });

  const plain = { image_processor_type: "ViTImageProcessor", size: 32 };
  it.each([
    [{ ...plain, do_pad: true }, /"do_pad": true is not known/],
    [{ ...plain, patch_mean: 3 }, /"patch_mean": 3 is not known/],
    [{ ...plain, do_resize: false }, /do_resize is not true/],
    [{ ...plain, resample: 7 }, /resample: expected a number from 0 to 5/],
    [{ ...plain, size: { longest_edge: 32 } }, /size: expected a number/],
    [{ ...plain, image_std: [1, 0, 1] }, /image_std: expected no 0/],
    [{ ...plain, image_processor_type: "LevitImageProcessor" }, /"LevitImageProcessor" is not known/],
    [{ size: 32 }, /expected image_processor_type/],
    [
      { image_processor_type: "CLIPImageProcessor", size: 32, do_center_crop: false },
      /keeps the form of each picture/,
    ],
    [{ image_processor_type: "CLIPImageProcessor", size: 32, crop_size: 64 }, /a black border/],
  ])("refuses what it does not know: %j", (config, message) => {
    expect(() => preprocessingFrom(JSON.stringify(config), "p.json")).toThrow(message);
  });

  it("passes over what changes no pixel, and what is switched off", () => {
    const config = { ...plain, do_convert_rgb: null, do_pad: false, processor_class: "X", pad_size: null };
    expect(preprocessingFrom(JSON.stringify(config), "p.json")).toEqual(
      preprocessingFrom(JSON.stringify(plain), "p.json"),
    );
  });
});
