import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

interface Phase {
  readonly name: string;
  readonly trained: readonly string[];
  readonly frozen: Readonly<Record<"before" | "after", string>>;
  readonly base: Readonly<Record<"before" | "after", string>>;
}

const common = [...small, "--batch-size", "6", "--json"];

const digests = (place: Workplace, bundle: string) =>
  ["head.safetensors", "base.safetensors"].map((name) => sha256(readFileSync(place.at(bundle, name))));

const manifest = (place: Workplace, bundle: string) =>
  JSON.parse(readFileSync(place.at(bundle, "permafrost.json"), "utf8")) as {
    readonly base: { readonly weightsDigest: string };
    readonly run: { readonly training: Readonly<Record<string, unknown>> & { readonly phases: Phase[] } };
  };

describe("fine-tuning from the command line", () => {
  it("ends with the same bits when it is killed in its second phase", async () => {
    const place = await workplace("fineTuning", 6);
    const words = ["train", "photos", ...common, "--recipe", "fine-tune", "--unfreeze", "last:1"];
    const train = (out: string, work = {}) =>
      place.run([...words, "--epochs", "40", "--head-epochs", "4", "--out", out], work);
    const whole = await train("whole");
    const killed = await train("part", {
      onOutput: (text: string, kill: (signal: "SIGKILL") => void) => {
        if (text.split('"event":"epoch"').length > 12) kill("SIGKILL");
      },
    });
    expect(killed.code).toBe(137);
    const resumed = await train("part");
    expect(resumed.events.filter(({ event }) => event === "resumed")).toHaveLength(1);
    expect(lastEvent(resumed, "resumed")["epochs"]).toBeGreaterThan(4);
    expect(digests(place, "part")).toEqual(digests(place, "whole"));
    const { history, metrics } = lastEvent(whole, "result");
    expect(lastEvent(resumed, "result")).toMatchObject({ history, metrics, forwards: { computed: 0 } });
    expect((history as Record<string, unknown[]>)["loss"]).toHaveLength(40);
  });

  it("keeps the whole changed base in the bundle, which other machines can use", async () => {
    const place = await workplace("fineTuning", 6);
    const run = await place.run([
      "train",
      "photos",
      ...common,
      ...["--recipe", "gradual", "--unfreeze", "last:2", "--epochs", "4", "--out", "bundle"],
    ]);
    expect(run.stderr).not.toContain("warning:");
    const result = lastEvent(run, "result");
    const { base, run: record } = manifest(place, "bundle");
    const { phases } = record.training;
    expect(phases.map(({ name }) => name)).toEqual(["head", "top", "block11"]);
    expect(result["phases"]).toEqual(phases);
    expect(run.events.filter(({ event }) => event === "phase").map((phase) => phase["trained"])).toEqual(
      phases.map(({ trained }) => trained),
    );
    for (const { frozen } of phases) expect(frozen.after).toBe(frozen.before);
    expect(phases[0]!.base.after).toBe(phases[0]!.base.before);
    expect(phases[1]!.base.after).not.toBe(phases[1]!.base.before);
    expect(phases[2]!.base.after).toBe(base.weightsDigest);
    const evaluation = lastEvent(
      await place.run(["evaluate", "bundle", "photos", "--split", "all", "--json", "--store", "elsewhere"]),
      "result",
    );
    expect(evaluation["forwards"]).toMatchObject({ reused: 0 });
    const { samples } = result as unknown as { readonly samples: Readonly<Record<string, number>> };
    expect(evaluation["samples"]).toBe(Object.values(samples).reduce((sum, count) => sum + count, 0));
    expect(readFileSync(place.at("bundle", "report.html"), "utf8")).toContain("from block11 on");
    const inspected = await place.run(["inspect", "bundle"]);
    expect(inspected.stdout).toMatch(/embedded/);
    expect(inspected.stdout).toContain("head (epochs 1 to 1), top (epochs 2 to 3), block11 (epochs 4 to 4)");
  });

  it.each([
    ["blocks and fresh draws", ["--unfreeze", "last:2", "--augment", "book"]],
    ["batch statistics", ["--unfreeze", "last:1", "--bn", "train", "--augment", "flip"]],
    ["a recipe's last phase", ["--recipe", "fine-tune", "--unfreeze", "from:expanded_conv_10_project"]],
  ])("finds the same bits both ways with %s", async (_what, words) => {
    const place = await workplace("fineTuning", 4);
    const run = await place.run(["verify", "photos", ...common, "--steps", "4", ...words]);
    expect(run.code).toBe(0);
    const { checks } = lastEvent(run, "result");
    const [check] = checks as readonly Record<string, unknown>[];
    expect(check).toMatchObject({ same: true, steps: 4, frozenUnchanged: true });
    expect(check!["trained"]).toContain("MobileNetV3Small/conv_1");
  });

  it("lets pictures flow through a network of which nothing is frozen, with the same bits each time", async () => {
    const place = await workplace("fineTuning", 3);
    const words = ["train", "photos", ...common, "--unfreeze", "all", "--augment", "flip", "--epochs", "2"];
    const first = lastEvent(await place.run([...words, "--out", "first"]), "result");
    await place.run([...words, "--out", "second"]);
    expect(digests(place, "second")).toEqual(digests(place, "first"));
    expect(first["cut"]).toMatch(/no prefix/);
    // Nine features of the frozen base, by which the head is standardised; then two epochs and the scores.
    expect(first["forwards"]).toMatchObject({ computed: 9 + 2 * 9 + 9 });
    const verified = await place.run(["verify", "photos", ...common, "--unfreeze", "all"]);
    expect(verified.stderr).toContain("there is only the plain way");
  });

  it("reproduces the historical bug on request, loudly", async () => {
    const place = await workplace("fineTuning", 3);
    // A linear head begins with zeros: only its second step has a gradient for the base.
    const words = ["photos", ...common, "--compat", "keras-2.0.8", "--epochs", "2", "--out", "bundle"];
    const run = await place.run(["train", ...words]);
    expect(run.stderr).toContain("TRAINED ALL THE SAME");
    const { training } = manifest(place, "bundle").run;
    expect(training["compat"]).toBe("keras-2.0.8");
    const [{ base, trained }] = training.phases as [Phase];
    expect(base.after).not.toBe(base.before);
    expect(trained).toContain("MobileNetV3Small/conv");
    expect(readFileSync(place.at("bundle", "report.html"), "utf8")).toContain("TRAINED ALL THE SAME");
  });

  it.each([
    ["a part that is not there", ["--unfreeze", "blok11"], "Did you mean block11?"],
    ["a part without weights", ["--unfreeze", "from:input"], "no such layer"],
    ["batch statistics of a frozen base", ["--bn", "train"], "must not be updated"],
    ["a recipe's options without a recipe", ["--fine-tune-rate", "1e-5"], "the head alone would be trained"],
    ["too few epochs", ["--recipe", "gradual", "--epochs", "3"], "expected 4 epochs or more"],
    ["the bug and what is not it", ["--compat", "keras-2.0.8", "--unfreeze", "all"], "Take one of them"],
  ])("refuses %s before anything runs", async (_what, words, message) => {
    const place = await workplace("fineTuning", 2);
    for (const command of ["train", "plan"]) {
      const run = await place.run([command, "photos", ...common, ...words]);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(message);
    }
  });
});
