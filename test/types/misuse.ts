/**
 * Mistakes that the compiler refuses. `tsc` checks this file; nothing runs it. An `@ts-expect-error` above a line that
 * compiles is itself an error.
 */
import {
  applications,
  callbacks,
  float32,
  layers,
  type models,
  optimizers,
  preprocessing,
  regularizers,
} from "../../src/index.ts";

export function mistakes(model: models.Sequential): void {
  // @ts-expect-error units is missing
  layers.dense({ activation: "relu" });
  // @ts-expect-error there is no option unit
  layers.dense({ units: 1, unit: 1 });
  // @ts-expect-error a rate is a number
  layers.dropout({ rate: "0.5" });
  // @ts-expect-error there is no option lr
  optimizers.rmsprop({ lr: 1e-3 });
  // @ts-expect-error RMSprop has no beta1
  optimizers.rmsprop({ beta1: 0.9 });
  // @ts-expect-error a factor is a number
  regularizers.l2("0.01");
  // @ts-expect-error a loss is needed
  model.compile({ optimizer: "adam" });
  // @ts-expect-error metrics are a list
  model.compile({ loss: "mse", metrics: "acc" });
  // @ts-expect-error a generator is no layer
  model.add(new preprocessing.image.ImageDataGenerator());
  // @ts-expect-error there is no option rotation
  new preprocessing.image.ImageDataGenerator({ rotation: 40 });
  // @ts-expect-error the classifier of a base network is not offered
  void applications.mobileNetV3Small({ includeTop: true });
  // @ts-expect-error a shape has three sizes
  void applications.mobileNetV3Small({ inputShape: [150, 150] });
  // @ts-expect-error there is no mode "least"
  new callbacks.EarlyStopping({ mode: "least" });
}

export async function mistakesInUse(
  model: models.Sequential,
  pictures: preprocessing.ImageIterator,
): Promise<void> {
  const x = float32([1, 2], [0, 1]);
  // @ts-expect-error there is no option epoch
  await model.fit(x, [1], { epoch: 3 });
  // @ts-expect-error the batch size is the iterator's
  await model.fit(pictures, { batchSize: 20 });
  // @ts-expect-error plain numbers have no shape
  await model.predict([0, 1]);
  // @ts-expect-error bytes are no float32 values
  await model.predict({ dtype: "uint8", shape: [1, 2], data: new Uint8Array(2) });
  const base = await applications.mobileNetV3Small();
  // @ts-expect-error preprocessing belongs to the network
  base.preprocessing = { ...base.preprocessing, scale: 1 };
}
