import { resolvePipeline } from "../../../augmentation/generatorOptions.ts";
import { presets } from "../../../augmentation/presets.ts";
import { type ComparisonRecipe, threadMethods } from "./comparisonRecipe.ts";

/**
 * "Deep Learning with Python", first edition, section 5.3, with the settings of its notebook: pictures of 150 x 150 divided by 255,
 * RMSprop at a constant 2e-5, batches of 20, 30 epochs, its augmentation as Keras 2.0.8 reads it (shear in radians), and 100 more epochs
 * at 1e-5 that train block 5 on fresh views. Its two
 * ways differ in the Dropout of the head; here both have the first one's, so that they differ in nothing but the views. In the
 * preprocessing grid "rescale" is the book's own and the others give the base what it was trained on.
 */
export const book53: ComparisonRecipe = {
  name: "book-5.3",
  summary: "The book's experiment with its own settings, all ways side by side, and block 5 fine-tuned.",
  methods: `${threadMethods},fine-tune+fresh+rescale`,
  settings: ({ base }) => ({
    head: "flatten,dense:256,dropout:0.5,sigmoid",
    epochs: 30,
    batchSize: 20,
    optimizer: "rmsprop",
    learningRate: 2e-5,
    fineTuneRate: 1e-5,
    fineTuneEpochs: 100,
    schedule: "constant",
    imageSize: 150,
    ...(/^vgg_?1[69]$/i.test(base) ? { unfrozenBlock: "block5" } : {}),
    augmentation: {
      name: "book, as Keras 2.0.8 reads it",
      pipeline: resolvePipeline({ ...presets.book.options, compat: "keras-2.0.8" }),
      draws: "fresh",
      seed: 0,
    },
  }),
};
