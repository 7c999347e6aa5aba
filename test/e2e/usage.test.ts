import { describe, expect, it } from "vitest";
import { runCli } from "../support/runCli.ts";

const commands = [
  "doctor",
  "evaluate",
  "explain",
  "find-rate",
  "inspect",
  "plan",
  "predict",
  "report",
  "review",
  "scan",
  "train",
];

describe("permafrost --help", () => {
  it("lists every command and ends with 0", async () => {
    const run = await runCli(["--help"]);
    expect(run.code).toBe(0);
    for (const command of commands) expect(run.stdout).toContain(`  ${command} `);
  });

  it.each(commands)("%s --help shows at least two examples", async (command) => {
    const run = await runCli([command, "--help"]);
    expect(run.code).toBe(0);
    expect(run.stdout.match(/^ {2}\$ permafrost /gm)?.length).toBeGreaterThanOrEqual(2);
  });
});

describe("wrong usage ends with 2 and says what was meant", () => {
  it.each([
    [["trian", "photos"], "Did you mean train?"],
    [["train", "photos", "--epocs", "3"], "Did you mean --epochs?"],
    [["train", "photos", "--epochs", "0"], "whole number from 1 up"],
    [["train", "photos", "--learning-rate", "nan"], "number above 0"],
    [["train", "photos", "--optimizer", "adm"], "Did you mean adam?"],
    [["train", "photos", "--validation-split", "1"], "above 0 and below 1"],
    [["train"], "missing required argument"],
    [["predict", "bundle"], "missing required argument"],
  ])("%j", async (words, expected) => {
    const run = await runCli(words);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(expected);
    expect(run.stderr).not.toContain("    at ");
  });
});
