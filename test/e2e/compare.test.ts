import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { ComparisonReport } from "../../src/evaluation/comparison/comparisonReport.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

const usual = ["compare", "photos", ...small, "--epochs", "2", "--batch-size", "8"] as const;

function reportOf(place: Workplace, folder = "compare"): ComparisonReport {
  return JSON.parse(readFileSync(place.at(folder, "comparison.json"), "utf8")) as ComparisonReport;
}

describe("permafrost compare", () => {
  it("judges methods on the same images, shares all forwards, writes page and tables, and does nothing twice", async () => {
    const place = await workplace("compare", 9);
    const words = [...usual, "--seeds", "2", "--methods", "fast,pool:2,leaking-freeze+plain,logistic"];
    const first = await place.run([...words, "--json"]);
    expect(first.stderr).not.toContain("error:");
    const report = reportOf(place);
    expect(lastEvent(first, "result")).toMatchObject({ judgedBy: "validation", pairs: { length: 6 } });
    const by = new Map(report.methods.map((method) => [method.method, method]));
    const images = Object.values(report.samples).reduce((sum, count) => sum + count, 0);
    expect(by.get("fast")!.cost).toMatchObject({ computed: images, reused: images });
    expect(by.get("logistic")!.cost).toMatchObject({
      computed: 0,
      reused: images,
      trainableParameters: 3 * 577,
    });
    for (const { method, cost, seeds } of report.methods) {
      const leaks = method.startsWith("leaking");
      expect(cost.base.before === cost.base.after).toBe(!leaks);
      expect(seeds).toEqual(["fast", "pool:2"].includes(method) || leaks ? [0, 1] : [0]);
      expect(cost.peakMemory).toBeGreaterThan(2 ** 20);
    }
    expect(report.remarks.join(" ")).toMatch(/no test split.*Only \d+ images judge/s);
    const page = readFileSync(place.at("compare", "report.html"), "utf8");
    expect(page).not.toMatch(/(src|href)="|<script/);
    for (const method of by.keys()) expect(page).toContain(method);
    expect(readFileSync(place.at("compare", "comparison.csv"), "utf8").split("\n")).toHaveLength(6);
    expect(readFileSync(place.at("compare", "comparison.md"), "utf8")).toContain("| fast |");
    expect(existsSync(place.at("compare", "runs", "fast-seed1", "report.html"))).toBe(true);

    const rebuilt = await place.run(["report", "compare", "--out", "again.html", "--json"]);
    expect(lastEvent(rebuilt, "report")).toMatchObject({ kind: "Methods side by side" });
    expect(readFileSync(place.at("again.html"), "utf8")).toBe(page);

    const again = await place.run([...words, "--json"]);
    const runs = again.events.filter(({ event }) => event === "run");
    expect(runs).toHaveLength(7);
    expect(runs.every((run) => run["isFromBefore"] === true)).toBe(true);
    expect(reportOf(place).pairs).toEqual(report.pairs);
  }, 180_000);

  it("trains whole networks too, and one that learns to see from nothing; the table has all that each cost", async () => {
    const place = await workplace("compare-whole", 8);
    const whole = ["compare", "photos", ...small, "--epochs", "1", "--batch-size", "8", "--seeds", "1"];
    const methods = ["--methods", "end-to-end,autoencoder,joint", "--augment", "flip"];
    const run = await place.run([...whole, ...methods]);
    expect(run.code).toBe(0);
    const report = reportOf(place);
    const images = report.samples.train! + report.samples.validation!;
    const [endToEnd, autoencoder, joint] = report.methods;
    // An epoch runs the network on all images, and once more on all for the scores.
    expect(endToEnd!.cost).toMatchObject({ computed: 3 * images, reused: 0, avoided: 0 });
    expect(autoencoder!.cost).toMatchObject({ computed: 2 * images, reused: 0, avoided: images });
    expect(joint!.cost).toMatchObject({ computed: 3 * images, reused: 0, avoided: 0 });
    for (const { method, cost, bundles, scores } of report.methods) {
      expect(scores.validation!.images).toBe(report.samples.validation);
      expect(cost.base.before === cost.base.after).toBe(method === "autoencoder");
      expect(cost.bytesWritten).toBeGreaterThan(0);
      expect(cost.peakMemory).toBeGreaterThan(2 ** 20);
      expect(Object.keys(cost.seconds)).toEqual(expect.arrayContaining(["features", "train", "evaluate"]));
      expect(existsSync(place.at("compare", bundles[0]!, "permafrost.json"))).toBe(true);
    }
    expect(autoencoder!.cost.seconds["pretrain"]).toBeGreaterThan(0);
    // The same encoder and decoder; the head of the frozen one is trained beside them, too.
    expect(autoencoder!.cost.trainableParameters).toBe(joint!.cost.trainableParameters);
    expect(endToEnd!.cost.base.before).toBe(report.base.weightsDigest);
    const [head, ...rows] = readFileSync(place.at("compare", "comparison.csv"), "utf8").trim().split("\n");
    expect(rows).toHaveLength(3);
    for (const column of ["computed", "avoided", "bytesWritten", "peakMemory", "trainableParameters"]) {
      expect(head!.split(",")).toContain(column);
    }
  }, 180_000);

  it("that was stopped goes on with what it had finished", async () => {
    const place = await workplace("compare-stopped", 8);
    const words = [...usual, "--seeds", "1", "--methods", "logistic,fast,ridge"];
    const stopped = await place.run(words, {
      onError: (text, kill) => {
        if (text.includes("logistic, seed 0: accuracy")) kill("SIGINT");
      },
    });
    expect([0, 130]).toContain(stopped.code);
    const rest = await place.run([...words, "--json"]);
    expect(rest.code).toBe(0);
    const [run] = rest.events.filter(({ event }) => event === "run");
    expect(run).toMatchObject({ method: "logistic", isFromBefore: true });
  });

  it("says what cannot be believed: a class missing in the test, and three images a class", async () => {
    const place = await workplace("compare-few", 3);
    const rows = ["across", "slanted", "upright"].flatMap((name) =>
      [0, 1, 2].map(
        (at) =>
          `photos/${name}/${at}.png,${name},${at < 2 ? "train" : name === "upright" ? "validation" : "test"}`,
      ),
    );
    await writeFile(place.at("list.csv"), `path,label,split\n${rows.join("\n")}\n`);
    const run = await place.run(["compare", "list.csv", ...usual.slice(2), "--methods", "nearest-mean,knn"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("The test split has no image of upright");
    expect(run.stdout).toMatch(/Only 2 images judge/);
    expect(run.stdout).toMatch(/not distinguishable on 2 images|on the same images, on 2 images/);
    const { detectable, interval } = {
      ...reportOf(place).pairs[0]!,
      interval: reportOf(place).methods[0]!.scores.test!.firstRun.interval,
    };
    expect(detectable).toBe(1);
    expect(interval[1] - interval[0]).toBeGreaterThan(0.6);
  });

  it("refuses what cannot be done, and says what can", async () => {
    const place = await workplace("compare-wrong", 2);
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["--methods", "fast,slow"], 'there is no method "slow"'],
      [
        ["--methods", "fast", "--budget", "1s"],
        "1 s are not enough for any of the methods: the cheapest, fast, would take about",
      ],
      [["--budget", "soon"], "90s, 20min or 2h"],
      [["--augment", "none"], "fast never uses it"],
      [["--recipe", "tread"], "Did you mean thread?"],
      [["--recipe", "book-5.3"], "sigmoid is for two classes, got 3"],
    ];
    for (const [words, message] of wrong) {
      const run = await place.run([...usual, ...words]);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(message);
    }
    const environment = { PERMAFROST_OFFLINE: "1", PERMAFROST_WEIGHTS: place.at("no-weights") };
    const run = await place.run(["compare", "photos", "--recipe", "book-5.3", "--base", "vgg16"], {
      environment,
    });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toMatch(/vgg16_weights.* is not in .*no-weights.*permafrost weights fetch vgg16/s);
    expect(existsSync(place.at("compare"))).toBe(false);
  });
});
