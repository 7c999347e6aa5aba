/** Other names of Keras's classes. */
export const kindNames: Readonly<Record<string, string>> = {
  AvgPool2D: "AveragePooling2D",
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  Convolution2D: "Conv2D",
  Convolution2DTranspose: "Conv2DTranspose",
  GlobalAvgPool2D: "GlobalAveragePooling2D",
  GlobalMaxPool2D: "GlobalMaxPooling2D",
  MaxPool2D: "MaxPooling2D",
  SeparableConvolution2D: "SeparableConv2D",
  SyncBatchNormalization: "BatchNormalization",
};

/** The modules of the classes that Keras has for its own networks alone; it finds them in Keras 3's files by these. */
export const applicationModules: Readonly<Record<string, string>> = {
  CustomScaleLayer: "keras.src.applications.inception_resnet_v2",
  LayerScale: "keras.src.applications.convnext",
};

/** Options of Keras whose name here is another, by class. */
export const kindOptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DepthwiseConv2D: {
    depthwise_initializer: "kernelInitializer",
    depthwise_regularizer: "kernelRegularizer",
    depthwise_constraint: "kernelConstraint",
  },
  LeakyReLU: { alpha: "negativeSlope" },
};

/** Options that change no number of a model whose weights come from its file. */
export const withoutEffect: ReadonlySet<string> = new Set([
  "name",
  "trainable",
  "seed",
  "batch_input_shape",
  "batch_shape",
  "input_shape",
  "input_dim",
  "input_dtype",
  "fused",
  "renorm_momentum",
  "implementation",
  "autocast",
]);

/** Options that Keras 2 has not, with what it does instead. */
export const newerOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  RandomContrast: { valueRange: [0, 255] },
  Resizing: { padToAspectRatio: false, fillValue: 0, antialias: false },
};
