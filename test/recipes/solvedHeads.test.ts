import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standardizer } from "../../src/heads/featureMatrix.ts";
import { solvedHeadNames, solverOf } from "../../src/recipes/classifier/solvedHeads.ts";
import { evaluateClassifier } from "../../src/recipes/evaluateClassifier.ts";
import { planTraining } from "../../src/recipes/planTraining.ts";
import type { TrainingRequest } from "../../src/recipes/request/training.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { reviewFeatures } from "../../src/recipes/review/reviewFeatures.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

describe("a head that is solved for", () => {
  let folder: string;
  const at = (...parts: readonly string[]) => path.join(folder, ...parts);
  const requestFor = (
    head: string,
    photos: string,
    more: Partial<TrainingRequest> = {},
  ): TrainingRequest => ({
    ...trainingDefaults,
    data: at(photos),
    base: "mobilenet_v3_small",
    head,
    out: at(`${photos}-${head}`),
    store: at("store"),
    embedBase: false,
    commandLine: "test",
    ...more,
  });

  beforeAll(async () => {
    folder = await temporaryFolder("solved-heads");
    await writeStripes(at("two"), ["across", "upright"], 6);
    await writeStripes(at("three"), ["across", "slanted", "upright"], 6);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(["two", "three"])(
    "is saved as a bundle that says what the solved numbers say, of %s classes",
    async (photos) => {
      const { data, features } = await reviewFeatures({ ...requestFor("linear", photos) }, {});
      const { samples, classNames } = data.dataset;
      const train = samples.flatMap(({ split }, row) => (split === "train" ? [row] : []));
      const rows = {
        rows: train.length,
        columns: features.columns,
        data: Float32Array.from(train.flatMap((row) => [...rowOf(features, row)])),
      };
      const standardize = standardizer(rows);
      for (const head of solvedHeadNames) {
        const { bundle, history, trainableParameters } = await trainClassifier(requestFor(head, photos));
        expect(history).toEqual({});
        expect(trainableParameters).toBe((features.columns + 1) * classNames.length);
        const labels = Float32Array.from(train, (row) => samples[row]!.label);
        const solved = solverOf(head)!(standardize(rows), labels, classNames.length);
        const expected = solved.predict(standardize(features));
        const { predictions } = await evaluateClassifier({
          bundle,
          data: at(photos),
          split: "all",
          store: at("store"),
        });
        expect(predictions).toHaveLength(samples.length);
        for (const { path: file, probabilities } of predictions) {
          const row = samples.findIndex((sample) => sample.path === file);
          for (const [label, name] of classNames.entries()) {
            expect(probabilities[name]).toBeCloseTo(expected[row * classNames.length + label]!, 4);
          }
        }
      }
    },
    60_000,
  );

  it("is planned without steps worth naming, and refuses what has no meaning", async () => {
    const { forwards, phases } = await planTraining(requestFor("ridge", "two", { epochs: 30 }));
    expect(forwards.plain).toBe(2 * 12);
    expect(phases.map(({ epochs }) => epochs)).toEqual([1]);
    await expect(
      trainClassifier(requestFor("logistic", "two", { recipe: "fine-tune" })),
    ).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("Leave --recipe out, or take"),
    });
    await expect(trainClassifier(requestFor("knn", "two"))).rejects.toThrowError(
      /knn keeps the features of all training images/,
    );
  });
});

function rowOf({ columns, data }: { readonly columns: number; readonly data: Float32Array }, row: number) {
  return data.subarray(row * columns, (row + 1) * columns);
}
