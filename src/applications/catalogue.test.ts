import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../base/digest.ts";
import { knownNetworks } from "../formats/knownNetworks.ts";
import { conv2d, input } from "../layers/index.ts";
import { writeWeights } from "../models/weightFile.ts";
import { cutNetwork } from "./cutNetwork.ts";
import {
  type Application,
  applications,
  type CatalogueApplication,
  createBase,
  mobileNet,
  vgg16,
} from "./index.ts";
import { knownNetworkOf } from "./knownNetwork.ts";
import { unfrozenFrom } from "./unfreeze.ts";

const tiny = { includeTop: false, inputShape: [32, 32, 3] } as const;

/** The smallest form of a network. */
const smallest = ({ minimumSize }: Application) =>
  ({ includeTop: false, inputShape: [minimumSize, minimumSize, 3] }) as const;

/** Those whose weights are published by Keras. */
const catalogue = applications.filter((one) => "published" in one);

describe("networks of the catalogue", () => {
  it("are all known by their number of weights", () => {
    expect(knownNetworks).toHaveLength(catalogue.length);
  });

  it.each(catalogue)("$commandName begin with random weights only when asked for", async (application) => {
    const fetching = { offline: true, folder: "no-such-folder", environment: {} };
    const asking = createBase(application.commandName, { fetching });
    await expect(asking).rejects.toMatchObject({ code: "OFFLINE" });
    await expect(createBase(application.commandName, { fetching })).rejects.toThrow(
      /no[-_]?top.*\.h5 \((a little more than \d+ bytes|size not known), .*permafrost weights fetch .*get https:.*no[-_]?top.*\.h5 and run: permafrost weights import/s,
    );
    const base = await createBase(application.commandName, { ...smallest(application), weights: "random" });
    expect(base.weightSource).toBeNull();
    expect(base.variant).toBeUndefined();
  });

  it.each(catalogue)("$commandName can be unfrozen from every block", async (application) => {
    const { blocks } = application;
    const base = await createBase(application.commandName, { ...smallest(application), weights: null });
    const places = blocks.map(({ name }) => unfrozenFrom(base, name));
    expect(places[0]).toBe(0);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
  });

  it.each(catalogue)("$commandName can be cut behind every block", async (application) => {
    const base = await createBase(application.commandName, { ...smallest(application), weights: null });
    const { blocks } = base.application;
    for (const [at, { name, firstLayer }] of blocks.entries()) {
      const layers = new Set(cutNetwork(base, name).layers.map((layer) => layer.name));
      const next = blocks[at + 1]?.firstLayer;
      expect([layers.has(firstLayer), next !== undefined && layers.has(next)]).toEqual([true, false]);
    }
  });

  it.each(catalogue)(
    "$commandName have their numbers of weights and features, and halve their maps where they say",
    async (application) => {
      // Large enough that a map and its half have different sizes down to the last.
      const base = await createBase(application.commandName, {
        weights: null,
        includeTop: false,
        inputShape: [256, 256, 3],
      });
      const shapes = new Map(
        base.topology.calls.map(({ layer, outputs }) => [layer.name, outputs[0]!.shape]),
      );
      const known = knownNetworkOf(application)!;
      expect(known.parameters[1]).toBe(base.countParams());
      expect(known.features).toBe(base.outputShape.at(-1));
      const { stages } = application as CatalogueApplication;
      const halvings = stages.map((name) => Math.round(Math.log2(256 / Number(shapes.get(name)![1]))));
      const all = [1, 2, 3, 4, 5];
      expect(halvings).toEqual(application.name.startsWith("convNeXt") ? all.slice(1) : all);
      // Behind the named layer no map of its size comes in the way to the output.
      const sizes = base.layers.map(({ name }) => Number(shapes.get(name)?.[1]));
      expect(Math.min(...sizes.filter((size) => size > 1))).toBe(Number(shapes.get(stages.at(-1)!)![1]));
    },
  );

  it.each(catalogue)(
    "$commandName have weights at Keras's place, with a digest or none at all",
    (application) => {
      const { published } = application as CatalogueApplication;
      expect(published.map(({ includeTop }) => includeTop)).toEqual([true, false]);
      for (const { file, origin, md5, sha256, licence } of published) {
        expect(`${origin}${file}`).toMatch(
          /^https:\/\/storage\.googleapis\.com\/.*keras-applications\/.*\.h5$/,
        );
        expect(md5 ?? sha256 ?? "0".repeat(32)).toMatch(/^([0-9a-f]{32}|[0-9a-f]{64})$/);
        expect(licence).not.toBe("");
      }
    },
  );

  it("read weights by name from a file", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "permafrost-"));
    try {
      const file = path.join(folder, "mobilenet.safetensors");
      const narrow = { ...tiny, alpha: 0.25 };
      const original = await mobileNet({ ...narrow, weights: "random", seed: 5 });
      await writeWeights(original, file);
      const read = await mobileNet({ ...narrow, weights: file });
      expect(read.weightSource).toMatchObject({ name: file, origin: path.basename(file), isOwn: true });
      expect(read.weightSource?.sha256).toBe(sha256(await readFile(file)));
      expect(read.weights[0]!.value).toEqual(original.weights[0]!.value);
      await expect(mobileNet({ ...narrow, includeTop: true, weights: file })).rejects.toThrow(
        "conv_preds: expected 2 weights (kernel, bias), the file has none for it",
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("have no published weights of another width, or with other classes", async () => {
    await expect(mobileNet({ ...tiny, alpha: 0.3 })).rejects.toThrow(
      "no weights are published of this network of width 0.3",
    );
    await expect(vgg16({ classes: 5 })).rejects.toThrow("with a classifier of 5 classes");
  });

  it("say which file is missing", async () => {
    await expect(vgg16({ ...tiny, weights: "no-such-file" })).rejects.toThrow(
      "no-such-file: there is no such file",
    );
  });

  it("begin at another tensor", async () => {
    const inputs = input({ shape: [40, 40, 3], name: "pictures" });
    const inputTensor = conv2d({ filters: 3, kernelSize: 3, name: "colours" }).apply(inputs);
    const base = await vgg16({ weights: null, includeTop: false, inputTensor });
    expect(base.layers.slice(0, 3).map(({ name }) => name)).toEqual(["pictures", "colours", "block1_conv1"]);
    expect(base.preprocessing).toMatchObject({ height: 38, width: 38 });
    expect(base.variant).toBe("on another tensor");
    expect(unfrozenFrom(base, "block1")).toBe(0);
    await expect(vgg16({ weights: null, inputTensor, inputShape: [32, 32, 3] })).rejects.toThrow(
      "Leave inputShape out",
    );
  });

  it("refuse sizes below 32", async () => {
    await expect(vgg16({ weights: null, inputShape: [31, 32, 3] })).rejects.toThrow("from 32 up");
  });
});
