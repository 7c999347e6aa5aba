import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { memorySource } from "../../src/formats/byteSource.ts";
import { readZip } from "../../src/formats/zip.ts";
import { loadModel } from "../../src/keras/loadModel.ts";
import { Model } from "../../src/keras/networks.ts";
import { input, layerScale } from "../../src/layers/index.ts";
import { layerKindNames } from "../../src/layers/kinds.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { exportNetworks, formulaInputs } from "../support/exportNetworks.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { predictions } from "../support/predictions.ts";

interface Case {
  readonly name: string;
  /** SHA-256 of what Keras opened. */
  readonly members: Readonly<Record<string, string>>;
  readonly modelJson: string;
  readonly outputs: readonly GoldenArray[];
}

const { cases } = goldenFile<{ readonly cases: readonly Case[] }>("exports");

// With PERMAFROST_EXPORTS the files stay there, for test/golden/exports.py, which opens them with Keras.
const kept = process.env["PERMAFROST_EXPORTS"];
const folder = kept ?? mkdtempSync(path.join(tmpdir(), "permafrost-exports-"));
afterAll(() => {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
});

const expectClose = async (model: Awaited<ReturnType<typeof loadModel>>, outputs: readonly GoldenArray[]) => {
  const found = await predictions(model, formulaInputs(model));
  for (const [index, { data, shape }] of found.entries()) {
    const wanted = decodeArray(outputs[index]!);
    expect(shape).toEqual(wanted.shape);
    expect(
      Math.max(...Array.from(data, (value, place) => Math.abs(value - wanted.data[place]!))),
    ).toBeLessThan(1e-5);
  }
};

describe("models written for other programs", () => {
  test.each(Object.keys(exportNetworks))(
    "%s: the very bytes that Keras opened, with equal predictions",
    async (name) => {
      const model = await exportNetworks[name]!();
      const [archive, weights, json] = [
        `${name}.keras`,
        `${name}.weights.h5`,
        path.join(name, "model.json"),
      ].map((file) => path.join(folder, file));
      await model.save(archive!);
      await model.saveWeights(weights!);
      await model.save(json!);
      const { members, modelJson, outputs } = cases.find((one) => one.name === name)!;
      const zip = readZip(memorySource(archive!, readFileSync(archive!)));
      for (const [member, digest] of Object.entries(members)) {
        expect(sha256(await zip.get(member)!.content())).toBe(digest);
      }
      expect(sha256(readFileSync(weights!))).toBe(members["model.weights.h5"]);
      expect(sha256(readFileSync(json!))).toBe(modelJson);
      await expectClose(model, outputs);
      // And read back here.
      await expectClose(await loadModel(archive!), outputs);
      await expectClose(await loadModel(json!), outputs);
      const again = await exportNetworks[name]!();
      for (const parameter of again.weights) parameter.value = new Float32Array(parameter.size);
      await again.loadWeights(weights!);
      await expectClose(again, outputs);
    },
    60_000,
  );

  test("refuse what Keras 2 has nothing like", async () => {
    const start = input({ shape: [3] });
    const outputs = layerScale({ initValues: 1, projectionDim: 3 }).apply(start);
    const model = new Model({ inputs: start, outputs });
    await expect(model.save(path.join(folder, "refused", "model.json"))).rejects.toThrow(
      "nothing like it for values without rows and columns",
    );
  });

  test("have every kind of layer", async () => {
    const kinds = new Set<string>();
    const visit = (layer: Layer) => {
      kinds.add(layer.kind);
      layer.innerLayers.forEach(visit);
    };
    for (const make of Object.values(exportNetworks)) visit(await make());
    expect(layerKindNames.filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});
