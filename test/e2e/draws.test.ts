import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";
import { runCli } from "../support/runCli.ts";

describe("permafrost plan and train --augment", () => {
  let folder: string;
  let common: readonly string[];

  beforeAll(async () => {
    folder = await temporaryFolder("plan");
    await writeStripes(path.join(folder, "photos"), ["flat", "steep"], 18);
    const places = ["--store", path.join(folder, "store"), "--json"];
    common = [path.join(folder, "photos"), "--epochs", "3", "--image-size", "96", ...places];
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("plans what train computes, and nothing the second time", async () => {
    const options = [...common, "--augment", "light", "--draws", "pool:2"];
    const planned = await runCli(["plan", ...options]);
    expect(planned.code).toBe(0);
    const [plan] = planned.events;
    expect(plan).toMatchObject({ event: "plan", draws: "pool:2", keep: "store" });
    const trained = await runCli(["train", ...options, "--out", path.join(folder, "out")]);
    expect(trained.code).toBe(0);
    const result = trained.events.at(-1);
    expect(result).toMatchObject({
      event: "result",
      forwards: { computed: (plan!["forwards"] as { compute: number }).compute, reused: 0 },
      recomputed: [{ views: "images" }, { views: "drawn views", reason: "first run with draws" }],
    });
    const again = await runCli(["plan", ...options]);
    expect(again.events[0]).toMatchObject({ forwards: { compute: 0 }, bytes: 0, rate: { source: "run" } });
  });

  it("says that mirroring alone is a pool of two", async () => {
    const planned = await runCli(["plan", ...common, "--augment", "flip"]);
    expect(planned.events[0]?.["remarks"]).toContainEqual(expect.stringContaining("a pool of 2"));
  });

  it.each([
    [["--draws", "pool:0"], "pool:<number of draws>"],
    [["--draws", "fresh"], "without --augment"],
    [["--augment", "bok"], "Did you mean book?"],
  ])("refuses %j", async (words, expected) => {
    const run = await runCli(["plan", ...common, ...words]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(expected);
  });

  it("names the file with a wrong setting", async () => {
    const settings = path.join(folder, "my.toml");
    await writeFile(settings, "rotationRnage = 30\n");
    const run = await runCli(["plan", ...common, "--augment", settings]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("my.toml");
    expect(run.stderr).toContain("Did you mean rotationRange?");
  });
});
