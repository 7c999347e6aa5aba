/** What `permafrost train` and `trainClassifier` do where nothing is said. Constants only: `--help` loads this file. */
export const trainingDefaults = {
  base: "mobilenet_v3_small",
  head: "linear",
  epochs: 30,
  batchSize: 32,
  optimizer: "adam",
  validationSplit: 0.2,
  seed: 0,
} as const;

/** Orders of work in several phases. */
/** The optimizers that the command line takes; a test holds them to those of the library. */
export const optimizerNames = [
  "rmsprop",
  "adam",
  "adamw",
  "sgd",
  "nadam",
  "adagrad",
  "adadelta",
  "lion",
] as const;

export const trainingRecipes = ["fine-tune", "gradual"] as const;
