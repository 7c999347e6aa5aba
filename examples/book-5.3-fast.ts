/**
 * "Deep Learning with Python", section 5.3, first way: fast feature extraction without data augmentation.
 *
 *   npm run example -- book-5.3-fast <folder> [epochs]
 *
 * The folder has train/, validation/ and test/, each with one folder a class: the book's cats_and_dogs_small.
 * Two things differ from the book. The base network is MobileNetV3-Small, whose weights come with this package, in place
 * of VGG16; it takes sizes that are multiples of 32, so pictures are 160 x 160 in place of 150 x 150. And pictures are
 * scaled as that network was trained on them, in place of 1/255.
 */
import path from "node:path";
import { applications, float32, layers, models, optimizers, preprocessing } from "permafrost";

const [baseDir, epochs = "30"] = process.argv.slice(2);
if (baseDir === undefined) throw new Error("usage: npm run example -- book-5.3-fast <folder> [epochs]");

// conv_base = VGG16(weights='imagenet', include_top=False, input_shape=(150, 150, 3))
const convBase = await applications.mobileNetV3Small({ includeTop: false, inputShape: [160, 160, 3] });
convBase.trainable = false;
console.log(convBase.summary());

// datagen = ImageDataGenerator(rescale=1./255)
const datagen = new preprocessing.image.ImageDataGenerator({
  preprocessingFunction: convBase.preprocessInput,
});
const batchSize = 20;
const featureCount = 5 * 5 * 576;

/** Runs the conv base once over a directory; features and labels as arrays. */
async function extractFeatures(directory: string) {
  const generator = datagen.flowFromDirectory(directory, {
    targetSize: [160, 160],
    batchSize,
    classMode: "binary",
    seed: 1,
  });
  console.log(generator.summary);
  const sampleCount = generator.samples;
  const features = new Float32Array(sampleCount * featureCount);
  const labels = new Float32Array(sampleCount);
  let i = 0;
  for await (const { x: inputsBatch, y: labelsBatch } of generator) {
    const featuresBatch = await convBase.predict(inputsBatch);
    features.set(featuresBatch.data, i * batchSize * featureCount);
    if (labelsBatch !== undefined && "data" in labelsBatch) {
      labels.set(Float32Array.from(labelsBatch.data, Number), i * batchSize);
    }
    i += 1;
    // The generator goes on for ever: stop after every picture was seen once.
    if (i * batchSize >= sampleCount) break;
  }
  // train_features = np.reshape(train_features, (2000, 4 * 4 * 512))
  return { features: float32([sampleCount, featureCount], features), labels };
}

const train = await extractFeatures(path.join(baseDir, "train"));
const validation = await extractFeatures(path.join(baseDir, "validation"));
const test = await extractFeatures(path.join(baseDir, "test"));
await convBase.close();

const model = models.sequential();
model.add(layers.dense({ units: 256, activation: "relu", inputShape: [featureCount] }));
model.add(layers.dropout({ rate: 0.5 }));
model.add(layers.dense({ units: 1, activation: "sigmoid" }));

model.compile({
  optimizer: optimizers.rmsprop({ learningRate: 2e-5 }),
  loss: "binary_crossentropy",
  metrics: ["acc"],
});

const { epoch, history } = await model.fit(train.features, train.labels, {
  epochs: Number(epochs),
  batchSize: 20,
  validationData: [validation.features, validation.labels],
});

console.log("epoch  loss    acc     val_loss  val_acc");
for (const n of epoch) {
  const row = ["loss", "acc", "val_loss", "val_acc"].map((name) => history[name]?.[n]?.toFixed(4));
  console.log(`${String(n + 1).padStart(5)}  ${row.join("  ")}`);
}
const { loss, acc } = await model.evaluate(test.features, test.labels);
console.log(`test: loss ${loss?.toFixed(4)}, acc ${acc?.toFixed(4)}`);
