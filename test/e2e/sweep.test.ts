import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SweepReport } from "../../src/evaluation/sweep/sweepReport.ts";
import { lastEvent } from "../support/runCli.ts";
import { small, workplace } from "../support/workplace.ts";

describe("permafrost sweep", () => {
  it("judges every candidate by all folds without a forward more, names noise, and writes page and tables", async () => {
    const place = await workplace("sweep", 8);
    const words = ["sweep", "photos", ...small, "--folds", "2", "--epochs", "2", "--batch-size", "8"];
    const axes = [
      "--head",
      "dense:4",
      "--learning-rate",
      "1e-3,1e-2",
      "--augment",
      "none,flip",
      "--cut",
      "block8",
    ];
    const run = await place.run([...words, ...axes, "--json"]);
    expect(run.stderr).not.toContain("error:");
    const report = lastEvent(run, "result") as unknown as SweepReport;
    expect(report.candidates).toHaveLength(4);
    expect(report.images).toBe(24);
    for (const { perFold, accuracy, interval, fromBest } of report.candidates) {
      expect(perFold).toHaveLength(2);
      expect(accuracy).toBeCloseTo((perFold[0]! + perFold[1]!) / 2, 12);
      expect(interval[0]).toBeLessThanOrEqual(accuracy);
      expect(fromBest!.difference).toBeLessThanOrEqual(0);
    }
    expect(report.remarks.join(" ")).toMatch(/choosing noise.*no test split/s);
    const page = readFileSync(place.at("sweep", "report.html"), "utf8");
    expect(page).not.toMatch(/(src|href)="|<script/);
    expect(page).toContain("cannot be told from the best");
    expect(readFileSync(place.at("sweep", "sweep.csv"), "utf8").split("\n")).toHaveLength(6);
    expect((await place.run(["report", "sweep", "--out", "sweep-again.md"])).code).toBe(0);
    expect(readFileSync(place.at("sweep-again.md"), "utf8")).toBe(
      readFileSync(place.at("sweep", "sweep.md"), "utf8"),
    );
    const again = lastEvent(
      await place.run([...words, ...axes, "--json"]),
      "result",
    ) as unknown as SweepReport;
    expect(again.forwards.computed).toBe(0);
    // Four candidates in two folds each; there are no test images to ask.
    expect(report.trainings).toEqual({ trained: 8, kept: 0 });
    expect(again.trainings).toEqual({ trained: 0, kept: 8 });
    expect(again.candidates).toEqual(report.candidates);
    // What was found can be trained, on the features that are there.
    const command = report.trainCommand!;
    expect(readFileSync(place.at("sweep", "sweep.md"), "utf8")).toContain(command);
    expect(command).toMatch(
      /^permafrost train photos --cut block8 --head dense:4 --learning-rate \S+ --epochs 2 /,
    );
    const trained = lastEvent(await place.run([...command.split(" ").slice(1), "--json"]), "result");
    expect(trained["forwards"]).toMatchObject({ computed: 0 });
    const halved = await place.run([
      ...words,
      "--learning-rate",
      "1e-4..1e-1",
      "--search",
      "halving",
      "--trials",
      "3",
    ]);
    expect(halved.stdout).toContain("comes first");
    expect(halved.stdout).toMatch(
      /Train it: permafrost train photos --learning-rate \S+ --epochs 2 --batch-size 8 --image-size 96\n/,
    );
    expect(halved.stdout).toMatch(/Heads: \d+ trained, \d+ found finished\./);
    const rates = ["--learning-rate", "1e-4..1e-1"];
    let isAsked = false;
    const stopped = await place.run([...words, ...rates, "--epochs", "3000"], {
      onError: (text, kill) => {
        if (!isAsked && text.includes("trainings")) {
          isAsked = true;
          kill("SIGINT");
        }
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("stopped as asked");
  }, 180_000);

  it("refuses what makes no sense", async () => {
    const place = await workplace("sweep-wrong", 2);
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["--folds", "5"], "found 2 of across"],
      [["--cut", "block99"], "no layer or block"],
      [["--head", "dense"], "expected linear, or dense"],
      [["--augment", "book"], "such as book:5"],
      [["--search", "bayes"], "Expected one of grid"],
      [["--folds", "1"], "expected 2 or more"],
      [["--head", "dense:4+sigmoid"], "sigmoid belongs to permafrost train"],
      [["--head", "logistic"], "solved for without steps"],
      [["--learning-rate", "0"], "expected numbers above 0"],
    ];
    for (const [words, message] of wrong) {
      const run = await place.run(["sweep", "photos", ...small, "--folds", "2", ...words]);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(message);
    }
  });
});
