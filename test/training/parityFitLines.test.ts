import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { dense } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { fit } from "../../src/training/index.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{
  readonly cases: readonly {
    readonly epochs: number;
    readonly verbose: 0 | 1 | 2;
    readonly validation: boolean;
    readonly lines: readonly string[];
  }[];
}>("fitLines");

/** The lines that stand there in the end, as test/golden/fitLines.py masks them. */
function masked(text: string): readonly string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .map((line) => line.split("\r").at(-1)!.trimEnd())
    .filter((line) => line !== "")
    .map((line) =>
      line.replaceAll(/\d+(\.\d+)?(s|ms|us)\b/g, "T").replaceAll(/-?\d\.\d{4}(e[-+]\d+)?/g, "V"),
    );
}

describe("what fit prints is Keras's but for the numbers", () => {
  it.each(
    cases.flatMap((one) => (one.verbose === 1 ? [true, false] : [false]).map((isTTY) => ({ ...one, isTTY }))),
  )("epochs $epochs, verbose $verbose, validation $validation, terminal $isTTY", async (one) => {
    const model = sequential({ layers: [dense({ units: 1, activation: "sigmoid", inputShape: [3] })] });
    const compiled = compileModel(model, {
      optimizer: "sgd",
      loss: "binary_crossentropy",
      metrics: ["acc", "mae"],
    });
    const x = float32(
      [20, 3],
      Float32Array.from({ length: 60 }, (_, index) => Math.cos(index)),
    );
    const y = Array.from({ length: 20 }, (_, index) => index % 2);
    const written: string[] = [];
    await fit(compiled, x, y, {
      batchSize: 6,
      epochs: one.epochs,
      verbose: one.verbose,
      validationSplit: one.validation ? 0.25 : 0,
      stream: { isTTY: one.isTTY, write: (text: string) => written.push(text) },
    });
    expect(masked(written.join(""))).toEqual(one.lines);
  });
});
