import { mobileNetV2 } from "../../src/applications/index.ts";
import { Model, Sequential } from "../../src/keras/networks.ts";
import * as layers from "../../src/layers/index.ts";
import type { SymbolicTensor } from "../../src/layers/layer.ts";
import type { Model as PlainModel } from "../../src/models/functional.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";

/** One layer of every kind, each with options that are not the defaults. */
function everyLayer(): Model {
  const start = layers.input({ shape: [12, 14, 3], name: "picture" });
  const apply = (x: SymbolicTensor, ...stack: readonly { apply(x: SymbolicTensor): SymbolicTensor }[]) =>
    stack.reduce((value, layer) => layer.apply(value), x);
  const front = apply(
    start,
    layers.randomFlip({ mode: "horizontal" }),
    layers.randomRotation({ factor: [-0.1, 0.2], fillMode: "nearest" }),
    layers.randomZoom({ heightFactor: 0.1 }),
    layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.2 }),
    layers.randomContrast({ factor: 0.3 }),
    layers.randomBrightness({ factor: 0.3 }),
    // Keras 3.15 leaves larger pictures as they are when it predicts, against its own shape rule.
    layers.randomCrop({ height: 12, width: 14 }),
    layers.rescaling({ scale: 0.5, offset: 0.25 }),
    layers.normalization({ name: "learned" }),
    layers.normalization({ name: "given", mean: [0.1, 0.2, 0.3], variance: [1, 2, 3] }),
    layers.centerCrop({ height: 10, width: 12 }),
    layers.resizing({ height: 12, width: 12, interpolation: "nearest" }),
    layers.conv2d({
      filters: 4,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: "same",
      activation: "silu",
      kernelInitializer: { kind: "varianceScaling", scale: 2, mode: "fanIn", distribution: "normal" },
      kernelRegularizer: "l2",
      kernelConstraint: { kind: "maxNorm", maxValue: 3, axis: [0, 1, 2] },
    }),
    layers.batchNormalization({ momentum: 0.9, epsilon: 0.01 }),
    layers.relu({ maxValue: 3, negativeSlope: 0.1 }),
  );
  const left = apply(
    front,
    layers.depthwiseConv2D({ kernelSize: 3, padding: "same", depthMultiplier: 2, dilationRate: 2 }),
    layers.leakyRelu({ negativeSlope: 0.2 }),
    layers.separableConv2D({ filters: 4, kernelSize: 3, padding: "same", depthMultiplier: 2 }),
    layers.layerNormalization({ epsilon: 0.01 }),
    layers.elu({ alpha: 0.5 }),
  );
  const right = apply(
    front,
    layers.maxPooling2D({ poolSize: 3, strides: 2, padding: "same" }),
    layers.prelu({ sharedAxes: [1, 2], alphaInitializer: "ones" }),
    layers.conv2DTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: "same", useBias: false }),
    layers.groupNormalization({ groups: 2 }),
    layers.gaussianNoise({ stddev: 0.1 }),
    layers.spatialDropout2D({ rate: 0.2 }),
  );
  const merged = [
    layers.add().apply([left, right]),
    layers.subtract().apply([left, right]),
    layers.multiply().apply([left, right]),
    layers.average().apply([left, right, front]),
    layers.maximum().apply([left, right]),
    layers.minimum().apply([left, right]),
  ];
  const joined = apply(
    layers.concatenate({ axis: -1 }).apply(merged),
    layers.averagePooling2D({ poolSize: 2 }),
    layers.upSampling2D({ size: 2, interpolation: "bilinear" }),
    layers.zeroPadding2D({
      padding: [
        [1, 0],
        [2, 1],
      ],
    }),
    layers.cropping2D({
      cropping: [
        [0, 1],
        [1, 0],
      ],
    }),
    layers.permute({ dims: [2, 1, 3] }),
    layers.activation({ activation: "softplus" }),
  );
  const rows = apply(
    joined,
    layers.reshape({ targetShape: [-1, 24] }),
    layers.dense({ units: 3, activation: "tanh" }),
  );
  const features = layers
    .concatenate()
    .apply([
      layers.globalAveragePooling2D().apply(joined),
      layers.globalMaxPooling2D().apply(joined),
      layers.flatten().apply(rows),
    ]);
  const outputs = apply(
    features,
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 5 }),
    layers.softmax(),
  );
  return new Model({ inputs: start, outputs, name: "every_layer" });
}

/** Models in a model: one called twice, one sequential, one inside the other; a shared layer; two inputs, two outputs. */
function nested(): Model {
  const inside = layers.input({ shape: [6, 6, 4], name: "inside" });
  const core = new Sequential({
    name: "core",
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape: [6, 6, 4] }),
      layers.batchNormalization(),
    ],
  });
  const block = new Model({
    inputs: inside,
    outputs: layers.add().apply([inside, layers.relu().apply(core.apply(inside))]),
    name: "block",
  });
  const shared = layers.conv2d({ filters: 4, kernelSize: 1, name: "shared" });
  const [a, b] = ["a", "b"].map((name) => layers.input({ shape: [6, 6, 3], name }));
  const first = block.apply(shared.apply(a!));
  const second = block.apply(shared.apply(b!), { training: false });
  const head = new Sequential({
    name: "head",
    layers: [
      layers.globalAveragePooling2D({ inputShape: [6, 6, 4] }),
      layers.dense({ units: 2, activation: "sigmoid" }),
    ],
  });
  const both = layers.concatenate().apply([head.apply(first), head.apply(second)]);
  return new Model({
    inputs: [a!, b!],
    outputs: [both, layers.flatten({ name: "maps" }).apply(second)],
    name: "nested",
  });
}

function stack(): Sequential {
  const model = new Sequential({ name: "stack" });
  model.add(layers.conv2d({ filters: 3, kernelSize: 3, activation: "relu6", inputShape: [8, 8, 3] }));
  model.add(layers.depthwiseConv2D({ kernelSize: 3, depthMultiplier: 2 }));
  model.add(layers.leakyRelu());
  model.add(layers.flatten());
  model.add(layers.dense({ units: 4, activation: "softmax" }));
  return model;
}

async function catalogue(): Promise<Model> {
  const { inputs, outputs } = await mobileNetV2({
    weights: "random",
    alpha: 0.35,
    inputShape: [64, 64, 3],
    classes: 10,
  });
  return new Model({ inputs, outputs, name: "mobilenetv2" });
}

/** Numbers beside tensors, and the layers that Keras has in its own networks alone: ConvNeXt's block, a shortcut of InceptionResNetV2. */
function ofApplications(): Model {
  const start = layers.input({ shape: [8, 8, 3], name: "picture" });
  let x = layers.conv2d({ filters: 4, kernelSize: 2, strides: 2, name: "stem" }).apply(start);
  let wide = layers
    .conv2d({ filters: 4, kernelSize: 7, padding: "same", groups: 4, name: "depthwise" })
    .apply(x);
  wide = layers.layerNormalization({ epsilon: 1e-6 }).apply(wide);
  wide = layers.dense({ units: 16, activation: "gelu" }).apply(wide);
  wide = layers.dense({ units: 4 }).apply(wide);
  wide = layers.layerScale({ initValues: 0.1, projectionDim: 4, name: "layer_scale" }).apply(wide);
  x = layers.add().apply([x, layers.activation({ activation: "linear" }).apply(wide)]);
  const gate = layers.relu({ maxValue: 6 }).apply(layers.add({ number: 3 }).apply(x));
  x = layers.multiply().apply([x, layers.multiply({ number: 1 / 6 }).apply(gate)]);
  const shared = layers.customScaleLayer({ scale: 0.2, name: "scaled_sum" });
  x = shared.apply([x, shared.apply([gate, x])]);
  const tail = new Sequential({
    name: "tail",
    layers: [
      layers.layerScale({ initValues: 1, projectionDim: 4, name: "inner_scale", inputShape: [4, 4, 4] }),
      layers.add({ number: -1 }),
      layers.globalAveragePooling2D(),
      layers.dense({ units: 3, activation: "softmax", name: "classes" }),
    ],
  });
  return new Model({ inputs: start, outputs: tail.apply(x), name: "of_applications" });
}

/** The networks that are written for other programs, with weights by a formula. */
export const exportNetworks: Readonly<Record<string, () => Promise<Model | Sequential>>> = {
  everyLayer: async () => withFormula(everyLayer()),
  nested: async () => withFormula(nested()),
  stack: async () => withFormula(stack()),
  ofApplications: async () => withFormula(ofApplications()),
  mobileNetV2: async () => withFormula(await catalogue()),
};

/** Numbers from -1 to 1 that hang on a seed and a place; test/golden/exports.py has the same. */
export function formulaValues(count: number, seed: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, index) => ((index * 7919 + seed * 104729) % 2003) / 1001.5 - 1,
  );
}

/** What a network is fed: two samples. */
export function formulaInputs(model: PlainModel): Tensor<"float32">[] {
  return model.inputs.map(({ shape }, index) => {
    const full = [2, ...shape.slice(1).map(Number)];
    return float32(full, formulaValues(sizeOf(full), index));
  });
}

function withFormula<M extends PlainModel>(model: M): M {
  for (const [index, parameter] of model.weights.entries()) {
    const values = formulaValues(parameter.size, index + 10);
    const isPositive = /gamma|variance/.test(parameter.name);
    const inputs = parameter.shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const scale = parameter.name.endsWith("kernel") ? Math.sqrt(6 / (inputs + parameter.shape.at(-1)!)) : 0.1;
    parameter.set(
      float32(
        parameter.shape,
        values.map((value) => (isPositive ? 1 + value / 4 : value * scale)),
      ),
    );
  }
  return model;
}
