import { describe, expect, it } from "vitest";
import { dense, globalAveragePooling2D } from "../layers/index.ts";
import { applications } from "./applications.ts";
import { sequential } from "./models.ts";

describe("applications.unfreeze", () => {
  it("is seen by a model around the base, and must be compiled", async () => {
    const convBase = await applications.mobileNetV3Small({ weights: null, inputShape: [96, 96, 3] });
    applications.unfreeze(convBase, "none");
    const model = sequential();
    model.add(convBase);
    model.add(globalAveragePooling2D());
    model.add(dense({ units: 1, activation: "sigmoid" }));
    model.compile({ loss: "binary_crossentropy" });
    expect(model.trainableWeights).toHaveLength(2);
    applications.unfreeze(convBase, "last:1");
    expect(model.trainableWeights).toHaveLength(5);
    const x = { dtype: "float32", shape: [1, 96, 96, 3], data: new Float32Array(96 * 96 * 3) } as const;
    await expect(model.fit(x, [1])).rejects.toMatchObject({
      code: "STALE_COMPILE",
      message: expect.stringContaining("conv_1 (trainable now, was not)"),
    });
    applications.unfreeze(convBase, "all");
    expect(convBase.getLayer("conv").trainable).toBe(true);
    expect(() => applications.unfreeze(convBase, "block99")).toThrow("no such block");
    await model.close();
  });
});
