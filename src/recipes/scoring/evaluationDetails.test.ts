import { describe, expect, it } from "vitest";
import { taskDetails } from "./evaluationDetails.ts";

const samples = [
  { path: "photos/cats/1.jpg", name: "cats/1.jpg", className: "cats", label: 0, weight: 1 },
  { path: "photos/dogs/2.jpg", name: "dogs/2.jpg", className: "dogs", label: 1, weight: 1 },
];
const classifier = { task: "classification", classNames: ["cats", "dogs"] } as const;

describe("what an evaluation tells beside the scores", () => {
  it("names the image for which a network gives no number", () => {
    const outputs = Float32Array.of(0.4, 0.6, Number.NaN, 1);
    expect(() => taskDetails({ classifier, samples, outputs }, undefined)).toThrow(
      /^photos\/dogs\/2\.jpg: expected numbers from the network, got NaN\./,
    );
  });

  it("has the calibration with the temperature of the bundle, which keeps the answers", () => {
    const calibration = { temperature: 2, samples: 10, lossBefore: 1, lossAfter: 0.5 };
    const outputs = Float32Array.of(0.9, 0.1, 0.2, 0.8);
    const { details } = taskDetails(
      { classifier: { ...classifier, calibration }, samples, outputs },
      undefined,
    );
    expect(details!.calibrated).toMatchObject({ temperature: 2 });
    const meanOf = (bins: readonly { readonly confidence: number; readonly samples: number }[]) =>
      bins.reduce((sum, bin) => sum + bin.confidence * bin.samples, 0) / samples.length;
    expect(meanOf(details!.calibrated!.bins)).toBeLessThan(meanOf(details!.calibration.bins));
    expect(meanOf(details!.calibrated!.bins)).toBeGreaterThan(0.5);
  });

  it("chooses a threshold of a label, and none for numbers", () => {
    const outputs = Float32Array.of(0.9, 0.1, 0.2, 0.8);
    const labelled = samples.map((sample, row) => ({ ...sample, targets: row === 0 ? [1, 0] : [0, 1] }));
    const wanted = { className: "dogs", aim: { by: "precision", precision: 0.9 } } as const;
    const labels = { task: "multilabel", classNames: ["cats", "dogs"] } as const;
    const { labelDetails } = taskDetails({ classifier: labels, samples: labelled, outputs }, wanted);
    expect(labelDetails!.threshold).toMatchObject({ className: "dogs", precision: 1, recall: 1 });
    const values = { task: "regression", classNames: ["cats", "dogs"] } as const;
    expect(() => taskDetails({ classifier: values, samples: labelled, outputs }, wanted)).toThrow(
      /gives numbers, not probabilities/,
    );
    expect(() => taskDetails({ classifier, samples, outputs }, { ...wanted, className: "birds" })).toThrow(
      /"birds" is no class/,
    );
  });
});
