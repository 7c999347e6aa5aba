import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { forgeFeature } from "../support/forgeFeature.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, workplace } from "../support/workplace.ts";

describe("verify", () => {
  it.each([
    ["the images as they are", []],
    ["a pool of draws", ["--augment", "light", "--draws", "pool:2"]],
    ["fresh draws", ["--augment", "book", "--draws", "fresh"]],
  ])("finds the same bits both ways with %s", async (_what, words) => {
    const place = await workplace("verify", 6);
    const head = ["--head", "dense:16,dropout:0.5", "--batch-size", "4"];
    const run = await place.run(["verify", "photos", ...small, ...head, "--steps", "7", ...words, "--json"]);
    expect(run.stderr).not.toContain("warning:");
    expect(run.code).toBe(0);
    const result = lastEvent(run, "result");
    expect(result).toMatchObject({ same: true, store: place.store });
    const [check] = result["checks"] as readonly Record<string, unknown>[];
    expect(check).toMatchObject({ batchSize: 4, steps: 7, frozenUnchanged: true });
    expect(check!["losses"]).toHaveLength(7);
  });

  it("compares with batches of one, of odd sizes and with a smaller last one", async () => {
    const place = await workplace("verify", 8);
    const run = await place.run([
      "verify",
      "photos",
      ...small,
      "--all-batch-sizes",
      "--steps",
      "3",
      "--json",
    ]);
    const checks = run.events.filter(({ event }) => event === "check");
    expect(checks.map((check) => check["batchSize"])).toEqual([1, 2, 3, 8, 20, 32]);
    expect(checks.map((check) => check["same"])).toEqual(checks.map(() => true));
    const several = checks.filter((check) => Number(check["images"]) > Number(check["batchSize"]));
    const ragged = several.filter((check) => Number(check["lastBatch"]) < Number(check["batchSize"]));
    expect(ragged.map((check) => check["batchSize"])).toEqual(expect.arrayContaining([2, 3, 8]));
  });

  it("uses the features that train has stored, and finds one that is wrong though its checksum is right", async () => {
    const place = await workplace("verify", 6);
    const words = [...small, "--batch-size", "5", "--validation-split", "0.05", "--json"];
    await place.run(["train", "photos", ...words, "--epochs", "1", "--out", "bundle"]);
    const sound = lastEvent(await place.run(["verify", "photos", ...words]), "result");
    expect(sound).toMatchObject({ same: true, forwards: { computed: 0 } });
    const rows = 18;
    for (let row = 0; row < rows; row++) forgeFeature(place.store, row, 3);
    const run = await place.run(["verify", "photos", ...words]);
    expect(run.code).toBe(1);
    const result = lastEvent(run, "result");
    expect(result).toMatchObject({ same: false, forwards: { computed: 0 } });
    const [check] = result["checks"] as readonly Record<string, unknown>[];
    expect(check).toMatchObject({
      same: false,
      difference: { step: 1, tensor: "predictions/kernel" },
      feature: { path: expect.stringMatching(/\.png$/), index: 3 },
    });
  });

  it("says that features of a rounded type cannot give the same bits", async () => {
    const place = await workplace("verify", 3);
    const run = await place.run(["verify", "photos", ...small, "--steps", "1", "--store-dtype", "float16"]);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain("Features stored as float16 are rounded");
    expect(run.stdout).not.toContain("store prune");
  });

  it("writes nothing but features", async () => {
    const place = await workplace("verify", 3);
    await place.run(["verify", "photos", ...small, "--steps", "1"]);
    expect(readdirSync(place.folder).sort()).toEqual(["photos", "store"]);
  });
});
