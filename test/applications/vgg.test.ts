import { describe, expect, it } from "vitest";
import { vgg16, vgg19 } from "../../src/applications/index.ts";
import { type ApplicationCase, expectStructure, expectValues } from "../support/applicationParity.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const { cases } = goldenFile<{ readonly cases: readonly ApplicationCase[] }>("applicationsVgg");
const networks: Readonly<Record<string, typeof vgg16>> = { vgg16, vgg19 };

describe("VGG", () => {
  it.each(cases)("is Keras's: $network $options", async (one) => {
    const network = await networks[one.network]!({ ...one.options, weights: "random" });
    expectStructure(network, one);
    await expectValues(network, one);
  });

  it("takes pixels as Caffe did", async () => {
    const { preprocessing } = await vgg16({ weights: null, includeTop: false, inputShape: [48, 32, 3] });
    expect(preprocessing).toMatchObject({ height: 48, width: 32, order: "bgr", scale: 1 });
  });
});
