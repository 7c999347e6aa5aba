import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadModel, loadModelWithLabels } from "../../src/keras/loadModel.ts";
import { Sequential } from "../../src/keras/networks.ts";
import { dense, flatten } from "../../src/layers/index.ts";
import { loadWeights } from "../../src/modelFiles/loadWeights.ts";
import { formulaInputs } from "../support/exportNetworks.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { predictions } from "../support/predictions.ts";

interface Case {
  readonly file: string;
  readonly outputs: readonly GoldenArray[];
}

const { cases } = goldenFile<{ readonly cases: readonly Case[] }>("modelFiles");
const folder = fileURLToPath(new URL("../golden/models", import.meta.url));
const at = (file: string) => path.join(folder, file);

/** Largest difference to what Keras predicts. */
async function difference(
  model: Awaited<ReturnType<typeof loadModel>>,
  outputs: readonly GoldenArray[],
): Promise<number> {
  const found = await predictions(model, formulaInputs(model));
  expect(found.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  const differences = found.flatMap(({ data }, index) => {
    const wanted = decodeArray(outputs[index]!).data;
    return Array.from(data, (value, place) => Math.abs(value - wanted[place]!));
  });
  return Math.max(...differences);
}

describe("models that Keras and its converter wrote", () => {
  test.each(cases)("$file predicts what its author predicts", async ({ file, outputs }) => {
    expect(await difference(await loadModel(at(file)), outputs)).toBeLessThan(2e-6);
  });

  test("frozen parts stay frozen, and calls in inference form stay so", async () => {
    const model = await loadModel(at("nested3.keras"));
    expect(model.getLayer("block").trainableWeights).toEqual([]);
    expect(
      model.topology.calls.filter(({ layer }) => layer.name === "block").map(({ training }) => training),
    ).toEqual([undefined, false]);
  });

  test("a Teachable Machine export has its class names", async () => {
    const { model, classNames } = await loadModelWithLabels(at("teachable/model.json"));
    expect(classNames).toEqual(["cat", "dog"]);
    expect(model.outputShape).toEqual(["batch", 2]);
  });

  test("a loaded model is a layer of another", async () => {
    const loaded = await loadModel(at("stack3.keras"));
    loaded.trainable = false;
    const model = new Sequential({ layers: [loaded, flatten(), dense({ units: 2 })] });
    expect(model.outputShape).toEqual(["batch", 2]);
    expect(model.trainableWeights.map(({ shape }) => shape)).toEqual([[3, 2], [2]]);
  });

  test("weights alone go into the same network by their places", async () => {
    const wanted = await loadModel(at("nested3.keras"));
    const other = await loadModel(at("nested2.keras"));
    for (const parameter of other.weights) parameter.value = new Float32Array(parameter.size);
    const result = await loadWeights(other, at("nested3.weights.h5"));
    expect(result).toMatchObject({ loaded: wanted.weights.length, kept: 0, skipped: [] });
    expect(other.getWeights()).toEqual(wanted.getWeights());
  });
});
