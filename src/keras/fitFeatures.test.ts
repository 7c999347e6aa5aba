import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeStripes } from "../../test/support/pictures.ts";
import type { FloatImage } from "../augmentation/floatImage.ts";
import { Random } from "../base/random.ts";
import { conv2d, dense, globalAveragePooling2D, randomFlip, randomRotation } from "../layers/index.ts";
import { float32, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { sequential } from "./models.ts";
import type { ArrayFitOptions } from "./modelTraining.ts";
import { rmsprop } from "./optimizers.ts";
import { image } from "./preprocessing.ts";

const size = 24;
const pictures = 12;

describe("fit with a feature store", () => {
  let folder: string;
  let start: ReturnType<ReturnType<typeof sequential>["getWeights"]>;
  /** Pictures that were loaded and transformed. */
  let rendered = 0;

  beforeAll(async () => {
    folder = await temporaryFolder("fit-features");
    await writeStripes(path.join(folder, "train"), ["across", "upright"], pictures / 2);
    start = classifier(false).getWeights();
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  function flow(augmentation: object = {}, options: object = { seed: 3 }) {
    const preprocessingFunction = (picture: FloatImage) => {
      rendered++;
      return { ...picture, data: picture.data.map((value) => value / 255) };
    };
    const generator = new image.ImageDataGenerator({
      preprocessingFunction,
      preprocessingFunctionKey: "0 to 1",
      ...augmentation,
    });
    return generator.flowFromDirectory(path.join(folder, "train"), {
      targetSize: [size, size],
      batchSize: 5,
      classMode: "binary",
      ...options,
    });
  }

  function classifier(randomFront: boolean) {
    const model = sequential();
    if (randomFront) {
      model.add(randomFlip({ inputShape: [size, size, 3] }));
      model.add(randomRotation({ factor: 0.2 }));
    }
    const convolution = conv2d({
      filters: 8,
      kernelSize: 3,
      activation: "relu",
      inputShape: [size, size, 3],
    });
    convolution.trainable = false;
    model.add(convolution);
    model.add(globalAveragePooling2D());
    model.add(dense({ units: 1, activation: "sigmoid", name: "probability" }));
    model.compile({ optimizer: rmsprop({ learningRate: 0.01 }), loss: "binary_crossentropy" });
    if (start !== undefined) model.setWeights(start);
    return model;
  }

  async function fitted(
    fit: (model: ReturnType<typeof classifier>) => ReturnType<ReturnType<typeof classifier>["fit"]>,
    randomFront = false,
  ) {
    const model = classifier(randomFront);
    rendered = 0;
    const { history, features } = await fit(model);
    const weights = model.getWeights();
    await model.close();
    return { trained: { history, weights }, features, rendered };
  }

  const store = (name: string) => path.join(folder, "stores", name);

  it.each([
    ["without draws", {}, pictures],
    ["with flips", { horizontalFlip: true }, undefined],
    ["with other views in every epoch", { rotationRange: 40, zoomRange: 0.2 }, 3 * pictures],
  ] as const)(
    "gives the bits of the plain way %s, and computes nothing again",
    async (name, augmentation, views) => {
      const options = { epochs: 3, verbose: 0, store: store(name) } as const;
      const plain = await fitted((model) =>
        model.fit(flow(augmentation), { ...options, oncePerSample: false }),
      );
      expect(plain.features).toBeUndefined();
      const first = await fitted((model) => model.fit(flow(augmentation), options));
      expect(first.trained).toEqual(plain.trained);
      if (views === undefined) expect(first.features?.computed).toBeLessThanOrEqual(2 * pictures);
      else expect(first.features).toEqual({ computed: views, reused: 0 });
      expect(first.rendered).toBe(first.features?.computed);
      const second = await fitted((model) => model.fit(flow(augmentation), options));
      expect(second.trained).toEqual(plain.trained);
      expect(second.features).toEqual({ computed: 0, reused: first.features?.computed });
      expect(second.rendered).toBe(0);
    },
  );

  it("computes for more epochs only what they add, and keeps a pool to its size", async () => {
    const run = (epochs: number, options: object) =>
      fitted((model) =>
        model.fit(flow({ rotationRange: 30 }, options), { epochs, verbose: 0, store: store("more") }),
      );
    await run(1, { seed: 8 });
    expect((await run(3, { seed: 8 })).features).toEqual({ computed: 2 * pictures, reused: pictures });
    const pool = await run(4, { seed: 9, draws: { pool: 1 } });
    expect(pool.features).toEqual({ computed: pictures, reused: 0 });
  });

  it.each([
    ["stored", {}, { store: "steps" }],
    ["computed as they are needed", { preprocessingFunctionKey: null }, {}],
    ["without a frozen part", {}, { oncePerSample: false }],
  ] as const)(
    "goes on in the next epoch with the batch after the last, in the draws of its pass: %s",
    async (_, augmentation, { store: name, ...options }: { store?: string; oncePerSample?: boolean }) => {
      const run = (epochs: number, stepsPerEpoch: number) =>
        fitted((model) =>
          model.fit(flow({ rotationRange: 30, ...augmentation }), {
            epochs,
            stepsPerEpoch,
            verbose: 0,
            store: name === undefined ? false : store(name),
            ...options,
          }),
        );
      const [passes, pieces] = [await run(2, 3), await run(3, 2)];
      expect(pieces.trained.weights).toEqual(passes.trained.weights);
      expect(pieces.trained.history["loss"]).toHaveLength(3);
      if (name !== undefined) expect(pieces.features).toEqual({ computed: 0, reused: 2 * pictures });
      // Longer than a pass.
      expect((await run(1, 6)).trained.weights).toEqual(passes.trained.weights);
    },
  );

  it("never takes features of another scaling, size, seed or base for its own", async () => {
    const run = async (augmentation: object, options: object = { seed: 3 }) =>
      (await fitted((model) => model.fit(flow(augmentation, options), { verbose: 0, store: store("keys") })))
        .features;
    const all = { computed: pictures, reused: 0 };
    expect(await run({ rotationRange: 20 })).toEqual(all);
    expect(await run({ rotationRange: 20, rescale: 0.5 })).toEqual(all);
    expect(await run({ rotationRange: 20, preprocessingFunctionKey: "another" })).toEqual(all);
    expect(await run({ rotationRange: 20 }, { seed: 4 })).toEqual(all);
    expect(await run({ rotationRange: 20 }, { seed: 3, interpolation: "bilinear" })).toEqual(all);
    expect(await run({ rotationRange: 20 })).toEqual({ computed: 0, reused: pictures });
  });

  it("stores nothing that cannot come again, and nothing when told so", async () => {
    const noKey = { preprocessingFunction: (picture: FloatImage) => picture };
    const cases: readonly [ReturnType<typeof flow>, string | false][] = [
      [flow({ ...noKey, preprocessingFunctionKey: null }), store("nothing")],
      [flow({ rotationRange: 20 }, {}), store("nothing")],
      [flow(), false],
    ];
    for (const [iterator, folder] of cases) {
      const { features } = await fitted((model) => model.fit(iterator, { verbose: 0, store: folder }));
      expect(features).toBeUndefined();
    }
    await expect(readdir(store("nothing"))).rejects.toThrow();
  });

  it("stores the views of random layers at the model's front, of iterators and arrays", async () => {
    const random = new Random("pictures");
    const x = float32(
      [8, size, size, 3],
      Float32Array.from({ length: 8 * size * size * 3 }, () => random.uniform(0, 255)),
    );
    const y = Float32Array.from({ length: 8 }, (_, index) => index % 2);
    const fits = [
      [pictures, (options: ArrayFitOptions) => fitted((model) => model.fit(flow(), options), true)],
      [
        8,
        (options: ArrayFitOptions) => fitted((model) => model.fit(x, y, { batchSize: 3, ...options }), true),
      ],
    ] as const;
    for (const [samples, fit] of fits) {
      const options = { epochs: 2, verbose: 0, store: store("layers") } as const;
      const plain = await fit({ ...options, oncePerSample: false });
      const first = await fit(options);
      expect(first.trained).toEqual(plain.trained);
      expect(first.features).toEqual({ computed: 2 * samples, reused: 0 });
      const second = await fit(options);
      expect(second.trained).toEqual(plain.trained);
      expect(second.features).toEqual({ computed: 0, reused: 2 * samples });
    }
  });

  it("serves evaluate and predict as well, with the same bits", async () => {
    const kept = { store: store("evaluate") };
    const model = classifier(false);
    const without = { store: false } as const;
    const plain = [await model.evaluate(flow(), without), await model.predict(flow(), without)];
    rendered = 0;
    expect(await model.evaluate(flow(), kept)).toEqual(plain[0]);
    expect(rendered).toBe(pictures);
    expect(await model.predict(flow(), kept)).toEqual(plain[1]);
    await model.fit(flow(), { verbose: 0, ...kept });
    expect(rendered).toBe(pictures);
    await model.close();
  });

  it("keeps the outputs of a model that is frozen as a whole", async () => {
    const model = classifier(false);
    for (const layer of model.layers) layer.trainable = false;
    const plain = await model.predict(flow(), { store: false });
    rendered = 0;
    for (const _ of [1, 2])
      expect(await model.predict(flow(), { steps: 2, store: store("whole") })).toEqual(firstRows(plain, 10));
    expect(rendered).toBe(10);
    await model.close();
  });

  it("computes a damaged feature again", async () => {
    const options = { epochs: 2, verbose: 0, store: store("damaged") } as const;
    const first = await fitted((model) => model.fit(flow(), options));
    const names = await readdir(options.store, { recursive: true });
    const pack = path.join(options.store, names.find((name) => name.endsWith(".safetensors"))!);
    const bytes = await readFile(pack);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(pack, bytes);
    const second = await fitted((model) => model.fit(flow(), options));
    expect(second.trained).toEqual(first.trained);
    expect(second.features?.computed).toBeGreaterThan(0);
  });

  it("keeps new features in memory where writing them was measured to take longer than computing them", async () => {
    const lines: string[] = [];
    const run = async (options: object) =>
      (
        await fitted((model) =>
          model.fit(flow({ rotationRange: 20 }, options), {
            epochs: 3,
            verbose: 2,
            stream: { write: (text) => lines.push(text) },
            store: store("slow"),
          }),
        )
      ).features;
    await run({ seed: 3 });
    const file = path.join(store("slow"), "rates.json");
    const rates: object = JSON.parse(await readFile(file, "utf8"));
    const slow = Object.entries(rates).map(([group, rate]) => [group, { ...rate, bytesPerSecond: 1e-3 }]);
    await writeFile(file, JSON.stringify(Object.fromEntries(slow)));
    for (const _ of [1, 2]) {
      expect(await run({ seed: 4, draws: { pool: 1 } })).toEqual({ computed: pictures, reused: 0 });
      expect(lines.at(-2)).toMatch(/writing a feature takes longer than computing it: .* kept in memory/);
    }
    expect(await run({ seed: 3 })).toEqual({ computed: 0, reused: 3 * pictures });
  });

  it("trains on where the store cannot be written, and says so", async () => {
    const file = path.join(folder, "a file");
    await writeFile(file, "");
    const lines: string[] = [];
    const stream = { write: (text: string) => lines.push(text) };
    const run = (options: ArrayFitOptions) =>
      fitted((model) => model.fit(flow({ horizontalFlip: true }), { epochs: 2, ...options }));
    const kept = await run({ verbose: 2, stream, store: file });
    expect(kept.trained).toEqual((await run({ verbose: 0, store: false })).trained);
    expect(lines.join("")).toMatch(/the feature store cannot be written/);
    expect(lines.at(-1)).toMatch(/features of the frozen part: \d+ computed, 0 from the store/);
  });
});

function firstRows({ shape, data }: Tensor<"float32">, rows: number): Tensor<"float32"> {
  const [, ...rest] = shape;
  return float32([rows, ...rest], data.slice(0, rows * sizeOf(rest)));
}
