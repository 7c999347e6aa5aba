/** Every base network. A new one is a file here that exports nothing else, and a line in this list. */
export * from "./convNeXt.ts";
export * from "./denseNet.ts";
export * from "./efficientNet.ts";
export * from "./efficientNetV2.ts";
export * from "./inceptionResNetV2.ts";
export * from "./inceptionV3.ts";
export * from "./mobileNet.ts";
export * from "./mobileNetV2.ts";
export * from "./mobileNetV3.ts";
export * from "./mobileNetV3Small.ts";
export * from "./nasNet.ts";
export * from "./resNet.ts";
export * from "./resNetV2.ts";
export * from "./smallEncoders.ts";
export * from "./vgg.ts";
export * from "./xception.ts";
