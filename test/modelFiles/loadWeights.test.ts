import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadModel } from "../../src/keras/loadModel.ts";
import { Sequential } from "../../src/keras/networks.ts";
import {
  conv2d,
  dense,
  flatten,
  maxPooling2D,
  prelu,
  rescaling,
  separableConv2D,
} from "../../src/layers/index.ts";
import { encodeSafetensors } from "../../src/tensor/safetensors.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { temporaryTree } from "../support/temporaryTree.ts";

const at = (file: string) => path.join(fileURLToPath(new URL("../golden/models", import.meta.url)), file);

/** The network of `stack3.keras` under other names; its classifier has so many classes. */
function stack(names: readonly [string, string], classes = 3): Sequential {
  const model = new Sequential({ name: "mine" });
  model.add(rescaling({ scale: 0.5, offset: 0.5, inputShape: [8, 8, 3] }));
  model.add(separableConv2D({ filters: 4, kernelSize: 3, activation: "swish", name: names[0] }));
  model.add(maxPooling2D());
  model.add(prelu({ sharedAxes: [1, 2], name: "slope" }));
  model.add(flatten());
  model.add(dense({ units: classes, activation: "sigmoid", name: names[1] }));
  return model;
}

const files = [
  "stack3.keras",
  "stack3.h5",
  "stack3.weights.h5",
  "stack2.h5",
  "stack2.keras",
  "stackTfjs/model.json",
];

describe("weights of a file", () => {
  test.each(files)("%s: go by their order into layers of other names", async (file) => {
    const model = stack(["mine", "classes"]);
    const wanted = await loadModel(at(file.startsWith("stack3") ? "stack3.keras" : "stack2.keras"));
    expect(await model.loadWeights(at(file))).toEqual({ loaded: 6, kept: 0, skipped: [] });
    expect(model.getWeights()).toEqual(wanted.getWeights());
  });

  // Keras 2 writes no names into the weights of its `.keras`.
  const named = files.filter((file) => file !== "stack2.keras");

  test.each(named)("%s: go by name into the layers that have it", async (file) => {
    const model = stack(["separable_conv2d", "classes"]);
    const before = model.getLayer("classes").getWeights();
    expect(await model.loadWeights(at(file), { byName: true })).toEqual({ loaded: 3, kept: 3, skipped: [] });
    expect(model.getLayer("classes").getWeights()).toEqual(before);
  });

  test("of another network are refused with the first differences, and none is changed", async () => {
    const model = stack(["separable_conv2d", "dense"], 5);
    const before = model.getWeights();
    const load = model.loadWeights(at("stack3.weights.h5"));
    await expect(load).rejects.toThrow(
      /mine:\n {2}dense: kernel: expected \[36, 5\], the file has \[36, 3\] .*\n {2}dense: bias/,
    );
    await expect(load).rejects.toMatchObject({ code: "WEIGHTS_INVALID" });
    expect(model.getWeights()).toEqual(before);
  });

  test("that do not fit are passed over, counted and told when asked for", async () => {
    const model = stack(["separable_conv2d", "dense"], 5);
    let told = "";
    const stream = { write: (text: string) => (told += text) };
    const result = await model.loadWeights(at("stack3.h5"), { skipMismatch: true, byName: true, stream });
    expect(result).toMatchObject({ loaded: 3, kept: 3, skipped: [{ layer: "dense" }, { layer: "dense" }] });
    expect(told).toMatch(
      /stack3\.h5: 3 weights loaded, 2 passed over:\n {2}dense: kernel: expected \[36, 5\]/,
    );
  });

  test("with no layer of the network's names are refused when names were asked for", async () => {
    const model = new Sequential({
      layers: [conv2d({ filters: 1, kernelSize: 1, inputShape: [2, 2, 1], name: "other" })],
    });
    await expect(model.loadWeights(at("stack3.h5"), { byName: true })).rejects.toThrow(
      "none of the layers of",
    );
  });

  test("of the architecture of another base say which one it looks like", async () => {
    const { vgg16 } = await import("../../src/applications/index.ts");
    const tensors = [{ name: "block1_conv1/kernel", tensor: float32([1], [0]) }];
    const root = await temporaryTree({ "a.safetensors": encodeSafetensors(tensors) });
    const network = vgg16({
      weights: path.join(root, "a.safetensors"),
      inputShape: [32, 32, 3],
      includeTop: false,
    });
    await expect(network).rejects.toThrow("The file has 1 weights, vgg16 has 14714688");
  });

  test("that are not finite are named", async () => {
    const model = new Sequential({ layers: [dense({ units: 1, inputShape: [2], name: "d" })] });
    const root = await temporaryTree({
      "a.safetensors": encodeSafetensors([
        { name: "d/kernel", tensor: float32([2, 1], [1, Number.NaN]) },
        { name: "d/bias", tensor: float32([1], [0]) },
      ]),
    });
    await expect(model.loadWeights(path.join(root, "a.safetensors"))).rejects.toThrow(
      'tensor "d/kernel": element 1 is NaN',
    );
  });
});
