import { describe, it } from "vitest";
import { resNet50 } from "../../src/applications/index.ts";
import { type ApplicationCase, expectStructure, expectValues } from "../support/applicationParity.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{ readonly cases: readonly ApplicationCase[] }>("applicationsResNet");

describe("ResNet", () => {
  it.each(cases)("is Keras's: $network $options", async (one) => {
    const network = await resNet50({ ...one.options, weights: "random" });
    expectStructure(network, one);
    await expectValues(network, one);
  });
});
