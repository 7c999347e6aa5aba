import { lookUp } from "../base/identifiers.ts";
import { activation } from "./activation.ts";
import { averagePooling2D } from "./averagePooling2d.ts";
import { batchNormalization } from "./batchNormalization.ts";
import { centerCrop } from "./centerCrop.ts";
import { concatenate } from "./concatenate.ts";
import { conv2d } from "./conv2d.ts";
import { conv2DTranspose } from "./conv2dTranspose.ts";
import { cropping2D } from "./cropping2d.ts";
import { customScaleLayer } from "./customScaleLayer.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2D } from "./depthwiseConv2d.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { flatten } from "./flatten.ts";
import { gaussianNoise } from "./gaussianNoise.ts";
import { globalAveragePooling2D } from "./globalAveragePooling2d.ts";
import { globalMaxPooling2D } from "./globalMaxPooling2d.ts";
import { groupNormalization } from "./groupNormalization.ts";
import type { Layer, LayerOptions } from "./layer.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { layerScale } from "./layerScale.ts";
import { leakyRelu } from "./leakyRelu.ts";
import { maxPooling2D } from "./maxPooling2d.ts";
import { add, average, maximum, minimum, multiply, subtract } from "./merge.ts";
import { normalization } from "./normalization.ts";
import { permute } from "./permute.ts";
import { prelu } from "./prelu.ts";
import {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./randomLayers.ts";
import { relu } from "./relu.ts";
import { rescaling } from "./rescaling.ts";
import { reshape } from "./reshape.ts";
import { resizing } from "./resizing.ts";
import { separableConv2D } from "./separableConv2d.ts";
import { softmax } from "./softmax.ts";
import { spatialDropout2D } from "./spatialDropout2d.ts";
import { upSampling2D } from "./upSampling2d.ts";
import { zeroPadding2D } from "./zeroPadding2d.ts";

/** The function that makes each kind of layer, by Keras class name. */
const layerKinds: Readonly<Record<string, (options: never) => Layer>> = {
  Activation: activation,
  Add: add,
  Average: average,
  AveragePooling2D: averagePooling2D,
  BatchNormalization: batchNormalization,
  CenterCrop: centerCrop,
  Concatenate: concatenate,
  Conv2D: conv2d,
  Conv2DTranspose: conv2DTranspose,
  Cropping2D: cropping2D,
  CustomScaleLayer: customScaleLayer,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2D,
  Dropout: dropout,
  ELU: elu,
  Flatten: flatten,
  GaussianNoise: gaussianNoise,
  GlobalAveragePooling2D: globalAveragePooling2D,
  GlobalMaxPooling2D: globalMaxPooling2D,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  LayerScale: layerScale,
  LeakyReLU: leakyRelu,
  Maximum: maximum,
  MaxPooling2D: maxPooling2D,
  Minimum: minimum,
  Multiply: multiply,
  Normalization: normalization,
  Permute: permute,
  PReLU: prelu,
  RandomBrightness: randomBrightness,
  RandomContrast: randomContrast,
  RandomCrop: randomCrop,
  RandomFlip: randomFlip,
  RandomRotation: randomRotation,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
  ReLU: relu,
  Rescaling: rescaling,
  Reshape: reshape,
  Resizing: resizing,
  SeparableConv2D: separableConv2D,
  Softmax: softmax,
  SpatialDropout2D: spatialDropout2D,
  Subtract: subtract,
  UpSampling2D: upSampling2D,
  ZeroPadding2D: zeroPadding2D,
};

/** Keras class names of all layers. */
export const layerKindNames: readonly string[] = Object.keys(layerKinds);

/** Whether there is a layer of this Keras class name, in exactly this spelling. */
export function isLayerKind(kind: string): boolean {
  return Object.hasOwn(layerKinds, kind);
}

/**
 * A layer from its kind and configuration, as `layer.kind` and `layer.config` gave them. Weights are not part of it.
 *
 * @throws PermafrostError UNKNOWN_NAME for a kind that does not exist, INVALID_ARGUMENT for a configuration that does not fit.
 */
export function makeLayer(kind: string, config: object, options: LayerOptions = {}): Layer {
  // A configuration is a valid options object of the function that made it, and each function checks what it takes.
  return lookUp("layer kind", kind, layerKinds)({ ...config, ...options } as never);
}
