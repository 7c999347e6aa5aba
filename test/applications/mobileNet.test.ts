import { describe, it } from "vitest";
import { mobileNet } from "../../src/applications/index.ts";
import { type ApplicationCase, expectStructure, expectValues } from "../support/applicationParity.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{ readonly cases: readonly ApplicationCase[] }>("applicationsMobileNet");

describe("MobileNet", () => {
  it.each(cases)("is Keras's: $network $options", async (one) => {
    const network = await mobileNet({ ...one.options, weights: "random" });
    expectStructure(network, one);
    await expectValues(network, one);
  });
});
