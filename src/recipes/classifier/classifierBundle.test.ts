import { expect, test } from "vitest";
import { createBase } from "../../applications/index.ts";
import { dense } from "../../layers/index.ts";
import { Sequential } from "../../models/sequential.ts";
import { bundleContents, modelFromBundle } from "./classifierBundle.ts";

test("a base that pools comes back from a bundle as it was", async () => {
  const base = await createBase("mobilenet_v3_small", {
    inputShape: [96, 96, 3],
    pooling: "avg",
    weights: null,
    seed: 3,
  });
  const model = new Sequential({ layers: [base, dense({ units: 2, activation: "softmax" })], seed: 3 });
  const contents = bundleContents(model, base, {
    classNames: ["cats", "dogs"],
    embedBase: true,
    metrics: {},
    run: { command: "test", versions: {}, seed: 3, dataDigest: "0", numericsClass: "none", date: "" },
  });
  expect(contents.base.options).toEqual({ inputShape: [96, 96, 3], pooling: "avg" });
  const again = await modelFromBundle(contents, "bundle");
  expect(again.base.pooling).toBe("avg");
  expect(again.model.outputShape).toEqual(model.outputShape);
});
