import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { weightsDigest } from "../../src/models/weights.ts";
import { openBase } from "../../src/recipes/classifier/openBase.ts";
import { loadClassifier } from "../../src/recipes/loadClassifier.ts";
import { pretrainEncoder } from "../../src/recipes/pretrainEncoder.ts";
import {
  type PretrainingHooks,
  type PretrainingRequest,
  pretrainingDefaults,
} from "../../src/recipes/pretraining/pretraining.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { loadBundle } from "../../src/saving/loadBundle.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

describe("pretraining an encoder", () => {
  let folder: string;
  const at = (...parts: readonly string[]) => path.join(folder, ...parts);

  beforeAll(async () => {
    folder = await temporaryFolder("pretraining");
    await writeStripes(at("photos"), ["a", "b"], 12);
    await writeFile(at("photos", "broken.png"), "no picture");
    await mkdir(at("photos", "copies"));
    await cp(at("photos", "a", "0.png"), at("photos", "copies", "0.png"));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const pretrain = (out: string, request: Partial<PretrainingRequest> = {}, hooks: PretrainingHooks = {}) =>
    pretrainEncoder(
      {
        ...pretrainingDefaults,
        data: at("photos"),
        out: at(out),
        store: at("store"),
        commandLine: "test",
        imageSize: 24,
        epochs: 4,
        batchSize: 8,
        ...request,
      },
      hooks,
    );

  const weightsOf = async (out: string) => weightsDigest(await openBase({ base: at(out) }));

  it("lowers the loss on all images that can be decoded, each content once", async () => {
    const sheets: string[] = [];
    const result = await pretrain("falls", { epochs: 8 }, { onSheet: (file) => sheets.push(file) });
    const { loss, val_loss: validation } = result.history;
    expect(loss).toHaveLength(8);
    expect(loss!.at(-1)).toBeLessThan(0.9 * loss![0]!);
    expect(validation).toHaveLength(8);
    expect(result.images.train + result.images.validation).toBe(24);
    expect(result.skipped.map(({ path: file }) => path.basename(file))).toEqual(["broken.png"]);
    expect(sheets).toHaveLength(8);
    expect(sheets[0]).toBe(at("falls.run", "reconstructions.png"));
  });

  it("goes on after an interruption with the bits of a run without one", async () => {
    const request = { denoise: 0.2, mask: 0.4, loss: "bce", epochs: 3 } as const;
    const stop = new AbortController();
    const stopped = pretrain("part", request, {
      signal: stop.signal,
      onSheet: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
    let resumed = 0;
    const result = await pretrain("part", request, { onResume: (epochs) => (resumed = epochs) });
    await pretrain("whole", request);
    expect(resumed).toBe(1);
    expect(result.history["loss"]).toHaveLength(3);
    expect(await weightsOf("part")).toBe(await weightsOf("whole"));
  });

  it("ends with a bundle that is no classifier but serves as the base of a classifier, whose own bundle stands alone", async () => {
    await pretrain("base", { epochs: 1 });
    const train = (out: string) =>
      trainClassifier({
        ...trainingDefaults,
        data: at("classes"),
        base: at("base"),
        out: at(out),
        store: at("store"),
        epochs: 1,
        embedBase: false,
        commandLine: "test",
      });
    await writeStripes(at("classes"), ["a", "b"], 4);
    await train("classifier");
    const encoder = await openBase({ base: at("base") });
    const { base, preprocessing } = await loadBundle(at("classifier"));
    expect(base).toMatchObject({ name: "small", weightsDigest: weightsDigest(encoder) });
    expect(preprocessing).toEqual(encoder.preprocessing);
    expect(preprocessing.height).toBe(24);
    await expect(loadClassifier(at("base"))).rejects.toThrow("--base");
    await rm(at("base"), { recursive: true });
    expect((await loadClassifier(at("classifier"))).classNames).toEqual(["a", "b"]);
    await expect(train("again")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("refuses settings that make no sense before anything runs", async () => {
    await expect(pretrain("bad", { mask: 1 })).rejects.toThrow("mask: expected a share");
    await expect(pretrain("bad", { denoise: 2 })).rejects.toThrow("denoise: expected a deviation");
    await expect(pretrain("bad", { encoder: "smal" })).rejects.toThrow("Did you mean small");
    await expect(pretrain("bad", { initialWeights: "pretrained" })).rejects.toThrow(
      "none come with this one",
    );
    await mkdir(at("none"), { recursive: true });
    await writeFile(at("none", "x.png"), "no picture");
    await expect(pretrain("bad", { data: at("none") })).rejects.toMatchObject({ code: "DATA_EMPTY" });
  });
});
