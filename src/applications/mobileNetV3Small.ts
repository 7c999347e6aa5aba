import { PermafrostError } from "../base/errors.ts";
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2D,
  globalAveragePooling2D,
  input,
  multiply,
  relu,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import {
  type Application,
  type ApplicationOptions,
  BaseNetwork,
  checkInputShape,
  network,
  pooledMap,
  weightSourceOf,
} from "./application.ts";
import { poolingNames } from "./catalogueRecord.ts";
import { embeddedWeights, readEmbeddedWeights } from "./embeddedWeights.ts";
import { blockPrefix, loadTorchvision } from "./mobileNetV3Weights.ts";
import { preprocessing } from "./preprocessing.ts";

/** One inverted residual block with squeeze-and-excitation (table 2 of the paper). */
interface Block {
  readonly kernel: number;
  /** Channels inside the block. */
  readonly expanded: number;
  /** Channels that leave it. */
  readonly filters: number;
  /** Channels inside squeeze-and-excitation; 0: none. */
  readonly squeezed: number;
  readonly activation: "relu" | "hardSwish";
  readonly stride: 1 | 2;
}

const block = (
  kernel: number,
  expanded: number,
  filters: number,
  squeezed: number,
  name: Block["activation"],
  stride: 1 | 2,
): Block => ({ kernel, expanded, filters, squeezed, activation: name, stride });

const blocks: readonly Block[] = [
  block(3, 16, 16, 8, "relu", 2),
  block(3, 72, 24, 0, "relu", 2),
  block(3, 88, 24, 0, "relu", 1),
  block(5, 96, 40, 24, "hardSwish", 2),
  block(5, 240, 40, 64, "hardSwish", 1),
  block(5, 240, 40, 64, "hardSwish", 1),
  block(5, 120, 48, 32, "hardSwish", 1),
  block(5, 144, 48, 40, "hardSwish", 1),
  block(5, 288, 96, 72, "hardSwish", 2),
  block(5, 576, 96, 144, "hardSwish", 1),
  block(5, 576, 96, 144, "hardSwish", 1),
];

const application: Application = {
  name: "mobileNetV3Small",
  commandName: "mobilenet_v3_small",
  weights: [
    {
      name: "embedded",
      origin: `npm:${embeddedWeights.package}`,
      sha256: embeddedWeights.sha256,
      licence: embeddedWeights.licence,
    },
  ],
  defaultSize: 224,
  minimumSize: 96,
  sizeMultiple: 32,
  blocks: [
    { name: "stem", firstLayer: "input_layer" },
    ...blocks.map(({ expanded }, index) => ({
      name: `block${index + 1}`,
      // The first block does not widen its 16 channels.
      firstLayer: `${blockPrefix(index)}${expanded === 16 ? "depthwise_pad" : "expand"}`,
    })),
    { name: "top", firstLayer: "conv_1" },
  ],
};

/**
 * MobileNetV3-Small (Howard et al. 2019, "Searching for MobileNetV3") without its classifier, in torchvision's form:
 * the same padding on all sides, BatchNormalization epsilon 0.001. Layers have Keras's names where they are the same.
 * Output [batch, height / 32, width / 32, 576], or [batch, 576] with pooling "avg".
 *
 * The embedded weights are a three-class fine-tune of torchvision's network, stored in float16. Inputs are made by
 * `preprocessing`: stretched to the size (bilinear), pixels / 255, ImageNet's mean and deviation.
 *
 * Keras's own form, with Keras's weights, is `mobileNetV3SmallKeras`.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size that is no multiple of 32 from 96 up; NOT_FOUND or DIGEST_MISMATCH
 *   when the embedded weights are missing or damaged.
 */
export const mobileNetV3Small = network(application, build);

async function build(options: ApplicationOptions): Promise<BaseNetwork> {
  if (options.includeTop !== undefined && options.includeTop !== false) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "mobileNetV3Small: its classifier is not offered. Leave includeTop out and put your own head on the network.",
    );
  }
  if (options.weights === "imagenet") throw otherForm();
  const inputShape = checkInputShape(application, options.inputShape);
  const weightSource = weightSourceOf(application, options.weights);
  const [height, width] = inputShape;
  const inputs = input({ shape: inputShape, name: "input_layer" });
  const map = features(inputs);
  const outputs = pooledMap(map, options.pooling, poolingNames);
  const base = new BaseNetwork(
    {
      inputs,
      outputs,
      name: options.name ?? "MobileNetV3Small",
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    },
    {
      application,
      preprocessing: preprocessing("torch", { height, width }),
      weightSource,
      pooling: options.pooling,
    },
  );
  if (weightSource !== null) loadTorchvision(base, await readEmbeddedWeights(), blocks);
  return base;
}

function otherForm(): PermafrostError {
  return new PermafrostError(
    "UNKNOWN_NAME",
    'mobileNetV3Small: no weights "imagenet". Known: embedded, or null for random weights. This network has torchvision\'s form; ' +
      "Keras's weights belong to Keras's form of it, which pads and normalizes differently: mobileNetV3SmallKeras.",
  );
}

function features(inputs: SymbolicTensor): SymbolicTensor {
  let x = zeroPadding2D({ name: "conv_pad" }).apply(inputs);
  x = conv2d({ filters: 16, kernelSize: 3, strides: 2, useBias: false, name: "conv" }).apply(x);
  x = activate(batchNormalization({ name: "conv_bn" }).apply(x), "hardSwish");
  for (const [index, shape] of blocks.entries()) x = invertedResidual(x, shape, index);
  x = conv2d({ filters: 576, kernelSize: 1, useBias: false, name: "conv_1" }).apply(x);
  return activate(batchNormalization({ name: "conv_1_bn" }).apply(x), "hardSwish");
}

function invertedResidual(start: SymbolicTensor, shape: Block, index: number): SymbolicTensor {
  const prefix = blockPrefix(index);
  const channels = start.shape.at(-1);
  let x = start;
  if (shape.expanded !== channels) {
    const { expanded: filters } = shape;
    x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${prefix}expand` }).apply(x);
    x = activate(batchNormalization({ name: `${prefix}expand_bn` }).apply(x), shape.activation);
  }
  x = depthwise(x, shape, prefix);
  if (shape.squeezed > 0) x = squeezeAndExcite(x, shape, `${prefix}squeeze_excite_`);
  const { filters } = shape;
  x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${prefix}project` }).apply(x);
  x = batchNormalization({ name: `${prefix}project_bn` }).apply(x);
  const residual = shape.stride === 1 && channels === filters;
  return residual ? add({ name: `${prefix}add` }).apply([start, x]) : x;
}

function depthwise(start: SymbolicTensor, shape: Block, prefix: string): SymbolicTensor {
  const { kernel: kernelSize, stride: strides } = shape;
  const pad = strides === 2;
  let x = start;
  if (pad) x = zeroPadding2D({ padding: (kernelSize - 1) / 2, name: `${prefix}depthwise_pad` }).apply(x);
  const padding = pad ? "valid" : "same";
  const name = `${prefix}depthwise`;
  x = depthwiseConv2D({ kernelSize, strides, padding, useBias: false, name }).apply(x);
  return activate(batchNormalization({ name: `${name}_bn` }).apply(x), shape.activation);
}

/** Scales each channel by what a small network makes of the channels' means (Hu et al. 2018). */
function squeezeAndExcite(start: SymbolicTensor, shape: Block, prefix: string): SymbolicTensor {
  let x = globalAveragePooling2D({ keepdims: true, name: `${prefix}avg_pool` }).apply(start);
  x = conv2d({ filters: shape.squeezed, kernelSize: 1, name: `${prefix}conv` }).apply(x);
  x = relu({ name: `${prefix}relu` }).apply(x);
  x = conv2d({ filters: shape.expanded, kernelSize: 1, name: `${prefix}conv_1` }).apply(x);
  x = activation({ activation: "hardSigmoid", name: `${prefix}hard_sigmoid` }).apply(x);
  return multiply({ name: `${prefix}mul` }).apply([start, x]);
}

function activate(x: SymbolicTensor, name: Block["activation"]): SymbolicTensor {
  return name === "relu" ? relu().apply(x) : activation({ activation: name }).apply(x);
}
