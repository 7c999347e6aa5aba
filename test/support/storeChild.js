// A process of its own that works on a feature store until it has finished or is killed. Needs the compiled package.
//   node storeChild.js rows <store> <first> <count>         rows whose features follow from their keys
//   node storeChild.js pictures <store> <pictures.json>     an extraction with preprocessed pixels as features
//   node storeChild.js merge <store>                        small packs into larger ones
//   node storeChild.js prune <store> <first> <count>        features of some images
//   node storeChild.js import <store> <folder>              features of another store
import { readFileSync } from "node:fs";

const dist = new URL("../../dist/", import.meta.url);
const { FeatureStore } = await import(new URL("features/store.js", dist).href);
const { sha256 } = await import(new URL("base/digest.js", dist).href);
const { rowKeys } = await import(new URL("features/key.js", dist).href);
const [job, folder, ...rest] = process.argv.slice(2);

const jobs = {
  rows: () => writeRows(Number(rest[0]), Number(rest[1])),
  pictures: () => extractPictures(rest[0]),
  merge: async () => {
    const { mergePacks } = await import(new URL("features/maintenance/mergePacks.js", dist).href);
    process.stdout.write("started\n");
    await mergePacks(folder, { packBytes: 32 * 1024 });
  },
  prune: async () => {
    const { pruneStore } = await import(new URL("features/maintenance/pruneStore.js", dist).href);
    const images = Array.from({ length: Number(rest[1]) }, (_, i) => sha256(`image ${Number(rest[0]) + i}`));
    process.stdout.write("started\n");
    await pruneStore(folder, { images });
  },
  import: async () => {
    const { importFeatures } = await import(new URL("features/maintenance/importFeatures.js", dist).href);
    const { numericsClass } = JSON.parse(process.env.FEATURE_GROUP ?? "{}");
    process.stdout.write("started\n");
    await importFeatures(folder, { from: rest[0], numericsClass, packBytes: 500 });
  },
};
await jobs[job]();

async function writeRows(first, count) {
  const store = await FeatureStore.open(folder, { packBytes: 7 * (5 * 4 + 36) });
  const group = await store.group(JSON.parse(process.env.FEATURE_GROUP ?? "{}"));
  const writer = group.writer();
  process.stdout.write("started\n");
  for (let number = first; number < first + count; number += 3) {
    const images = [number, number + 1, number + 2];
    const keys = rowKeys(images.map((image) => ({ image: sha256(`image ${image}`), draw: "none" })));
    const features = Float32Array.from(
      { length: 15 },
      (_, i) => keys[Math.floor(i / 5) * 32 + (i % 5)] / 256,
    );
    await writer.append(keys, features);
  }
  await writer.close();
}

async function extractPictures(list) {
  const { extractFeatures } = await import(new URL("features/extract.js", dist).href);
  const { GraphBuilder } = await import(new URL("graph/builder.js", dist).href);
  const { preprocessing } = await import(new URL("applications/preprocessing.js", dist).href);
  const g = new GraphBuilder();
  const x = g.input("image", { dtype: "float32", shape: ["batch", 3, 32, 32] }, { kind: "data" });
  await extractFeatures({
    views: JSON.parse(readFileSync(list, "utf8")),
    prefix: g.build([x]),
    preprocessing: preprocessing("torch", { height: 32, width: 32 }),
    store: await FeatureStore.open(folder, { packBytes: 5 * 12 * 1024 + 5000 }),
    workers: 1,
    batchSize: 2,
    onProgress: ({ done }) => process.stdout.write(`done ${done}\n`),
  });
}
