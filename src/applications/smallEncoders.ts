import { conv2d, input, maxPooling2D } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import {
  type Application,
  type ApplicationOptions,
  BaseNetwork,
  checkInputShape,
  type Network,
  network,
  pooledMap,
  weightSourceOf,
} from "./application.ts";
import { poolingNames } from "./catalogueRecord.ts";
import { preprocessing } from "./preprocessing.ts";

/** Channels of the four blocks. */
const widths = [32, 64, 128, 256] as const;

/** What both networks have in common: no weights come with them, any size will do. */
const common = {
  weights: [],
  minimumSize: 16,
  sizeMultiple: 1,
} as const;

const smallApplication: Application = {
  ...common,
  name: "small",
  commandName: "small",
  defaultSize: 64,
  blocks: blocksWith((name) => name),
};

const vggLikeApplication: Application = {
  ...common,
  name: "vggLike",
  commandName: "vgg_like",
  defaultSize: 96,
  blocks: blocksWith((name) => `${name}_conv1`),
};

/**
 * A small encoder to be trained from nothing: four convolutions 3 x 3 of stride 2 with 32, 64, 128 and 256 channels, ReLU. Output
 * [batch, height / 16, width / 16, 256], rounded up. Inputs are pixels / 255. It has no BatchNormalization, so it is the same in
 * training and in use.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 16.
 */
export const small = encoder(smallApplication, (x, filters, name) =>
  conv2d({ ...convolution(filters), strides: 2, name }).apply(x),
);

/**
 * A small encoder in the form of VGG (Simonyan and Zisserman 2014): four blocks of two convolutions 3 x 3 and a pooling, with 32, 64,
 * 128 and 256 channels, ReLU. Output [batch, height / 16, width / 16, 256], rounded down. Inputs are pixels / 255.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 16.
 */
export const vggLike = encoder(vggLikeApplication, (x, filters, name) => {
  const first = conv2d({ ...convolution(filters), name: `${name}_conv1` }).apply(x);
  const second = conv2d({ ...convolution(filters), name: `${name}_conv2` }).apply(first);
  return maxPooling2D({ poolSize: 2, name: `${name}_pool` }).apply(second);
});

type EncoderBlock = (x: SymbolicTensor, filters: number, name: string) => SymbolicTensor;

function encoder(application: Application, block: EncoderBlock): Network {
  return network(application, async (options: ApplicationOptions) => {
    const inputShape = checkInputShape(application, options.inputShape);
    const weightSource = weightSourceOf(application, options.weights);
    const [height, width] = inputShape;
    const inputs = input({ shape: inputShape, name: "input_layer" });
    const map = widths.reduce((x, filters, index) => block(x, filters, `block${index + 1}`), inputs);
    const outputs = pooledMap(map, options.pooling, poolingNames);
    const { name = application.name, seed = 0 } = options;
    const facts = { application, preprocessing: preprocessing("rescale", { height, width }), weightSource };
    return new BaseNetwork({ inputs, outputs, name, seed }, { ...facts, pooling: options.pooling });
  });
}

/** He's initial values keep signals alive through rows of ReLU (He et al. 2015). */
function convolution(filters: number) {
  return {
    filters,
    kernelSize: 3,
    padding: "same",
    activation: "relu",
    kernelInitializer: "heNormal",
  } as const;
}

/** The first block begins with the input, so that every layer is in one. */
function blocksWith(firstLayer: (block: string) => string): Application["blocks"] {
  return widths.map((_, index) => {
    const name = `block${index + 1}`;
    return { name, firstLayer: index === 0 ? "input_layer" : firstLayer(name) };
  });
}
