import { describe, it } from "vitest";
import { denseNet121 } from "../../src/applications/index.ts";
import { type ApplicationCase, expectStructure, expectValues } from "../support/applicationParity.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{ readonly cases: readonly ApplicationCase[] }>("applicationsDenseNet");

describe("DenseNet", () => {
  it.each(cases)("is Keras's: $network $options", async (one) => {
    const network = await denseNet121({ ...one.options, weights: "random" });
    expectStructure(network, one);
    await expectValues(network, one);
  });
});
