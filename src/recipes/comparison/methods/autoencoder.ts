import { pretrainingDefaults } from "../../pretraining/pretraining.ts";
import type { TrainedMethod } from "../method.ts";
import { decoderTimes, onOtherBase, ownEncoder } from "./ownEncoder.ts";

export const autoencoder: TrainedMethod = {
  kind: "trained",
  name: "autoencoder",
  summary:
    "An encoder of its own learns from nothing to give the training images back; then it is frozen and a head is trained on it.",
  pretraining: ({ common, trainingImages, encoderFolder }) => {
    const { store, seed, commandLine, epochs, resume, imageSize } = common;
    return {
      ...pretrainingDefaults,
      data: trainingImages,
      store,
      seed,
      commandLine,
      epochs,
      encoder: ownEncoder.base,
      initialWeights: ownEncoder.initialWeights,
      out: encoderFolder,
      ...(imageSize === undefined ? {} : { imageSize }),
      ...(resume === undefined ? {} : { resume }),
    };
  },
  resembles: ({ common }) => ({
    request: { ...onOtherBase(common, ownEncoder), unfreeze: "all" },
    times: decoderTimes,
  }),
  request: ({ common, encoderFolder }) => onOtherBase(common, { base: encoderFolder }),
};
