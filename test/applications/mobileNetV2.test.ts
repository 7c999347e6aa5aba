import { describe, it } from "vitest";
import { mobileNetV2 } from "../../src/applications/index.ts";
import { type ApplicationCase, expectStructure, expectValues } from "../support/applicationParity.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{ readonly cases: readonly ApplicationCase[] }>("applicationsMobileNetV2");

describe("MobileNetV2", () => {
  it.each(cases)("is Keras's: $network $options", async (one) => {
    const network = await mobileNetV2({ ...one.options, weights: "random" });
    expectStructure(network, one);
    await expectValues(network, one);
  });
});
