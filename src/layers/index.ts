/** Every layer kind. A new one is a file here and a line each in this list and in `kinds.ts`. */
export { activation } from "./activation.ts";
export { averagePooling2D } from "./averagePooling2d.ts";
export { batchNormalization } from "./batchNormalization.ts";
export { centerCrop } from "./centerCrop.ts";
export { concatenate } from "./concatenate.ts";
export { conv2d } from "./conv2d.ts";
export { conv2DTranspose } from "./conv2dTranspose.ts";
export { cropping2D } from "./cropping2d.ts";
export { customScaleLayer } from "./customScaleLayer.ts";
export { type CallArguments, DefinedLayer, defineLayer, type LayerDefinition } from "./definition.ts";
export { dense } from "./dense.ts";
export { depthwiseConv2D } from "./depthwiseConv2d.ts";
export { dropout } from "./dropout.ts";
export { elu } from "./elu.ts";
export { flatten } from "./flatten.ts";
export { gaussianNoise } from "./gaussianNoise.ts";
export { globalAveragePooling2D } from "./globalAveragePooling2d.ts";
export { globalMaxPooling2D } from "./globalMaxPooling2d.ts";
export { groupNormalization } from "./groupNormalization.ts";
export { input } from "./inputLayer.ts";
export { layerNormalization } from "./layerNormalization.ts";
export { layerScale } from "./layerScale.ts";
export { leakyRelu } from "./leakyRelu.ts";
export { maxPooling2D } from "./maxPooling2d.ts";
export { add, average, maximum, minimum, multiply, subtract } from "./merge.ts";
export { normalization } from "./normalization.ts";
export { permute } from "./permute.ts";
export { prelu } from "./prelu.ts";
export {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./randomLayers.ts";
export { relu } from "./relu.ts";
export { rescaling } from "./rescaling.ts";
export { reshape } from "./reshape.ts";
export { resizing } from "./resizing.ts";
export { separableConv2D } from "./separableConv2d.ts";
export { softmax } from "./softmax.ts";
export { spatialDropout2D } from "./spatialDropout2d.ts";
export { upSampling2D } from "./upSampling2d.ts";
export { zeroPadding2D } from "./zeroPadding2d.ts";
