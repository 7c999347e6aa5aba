import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { small, workplace } from "../support/workplace.ts";

describe("permafrost find-rate", () => {
  it("suggests a rate, draws the curve, and runs nothing of the base the second time", async () => {
    const place = await workplace("find-rate", 8);
    const words = ["find-rate", "photos", ...small, "--steps", "40", "--lowest", "1e-5", "--batch-size", "8"];
    const first = await place.run([...words, "--out", "rates.html"]);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^Suggested learning rate: [\d.e-]+\. /);
    const page = readFileSync(place.at("rates.html"), "utf8");
    expect(page).toContain("falls fastest");
    expect(page).not.toMatch(/(src|href)="|<script/);
    const event = lastEvent(await place.run([...words, "--json"]), "rate");
    expect(event).toMatchObject({ base: "mobilenet_v3_small", head: "linear", trained: ["predictions"] });
    expect(event["forwards"]).toMatchObject({ computed: 0 });
    expect(first.stdout).toContain(
      `Suggested learning rate: ${Number((event["suggestion"] as number).toPrecision(2))}`,
    );
  });

  it("stands beside rates by layer, which plan and train print", async () => {
    const place = await workplace("layer-rates", 2);
    const words = [
      "photos",
      ...small,
      "--unfreeze",
      "last:1",
      "--layerwise-decay",
      "0.5",
      "--optimizer",
      "lion",
    ];
    const plan = await place.run(["plan", ...words]);
    expect(plan.stdout).toContain("rates from 0.5 (");
    expect(plan.stdout).toContain("to 1 (predictions) times that: trains");
    const run = lastEvent(await place.run(["train", ...words, "--epochs", "1", "--json"]), "result");
    expect((run["phases"] as { rates: number[] }[])[0]!.rates).toEqual([0.5, 0.5, 1]);
  });

  it("says what does not go together", async () => {
    const place = await workplace("find-rate-wrong", 1);
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["--learning-rate", "0.1"], "Leave it out"],
      [["--recipe", "fine-tune"], "give --unfreeze"],
      [["--lowest", "1", "--highest", "0.1"], "0 < lowest < highest"],
      [["--steps", "2"], "at least 10"],
    ];
    for (const [words, message] of wrong) {
      const run = await place.run(["find-rate", "photos", ...small, ...words]);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(message);
    }
  });
});
