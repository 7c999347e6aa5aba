import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const harness = fileURLToPath(new URL("../../bench/killHarness.js", import.meta.url));

it("ends with the weights of a run that was never killed, wherever it is killed", {
  timeout: 240_000,
}, () => {
  const run = spawnSync(process.execPath, [harness, "--kills", "9", "--pictures", "12"], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  const result = JSON.parse(run.stdout.trimEnd().split("\n").at(-1)!);
  expect(result).toMatchObject({ event: "result", kills: 9, problems: [] });
  expect(run.status).toBe(0);
});
