import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const child = fileURLToPath(new URL("../support/fitChild.js", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "permafrost-mid-epoch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A training; with a number of steps one that is killed there. */
function train(backup: string, steps?: number) {
  const words = [child, path.join(folder, backup), ...(steps === undefined ? [] : [`${steps}`])];
  const { stdout, stderr, signal } = spawnSync(process.execPath, words, { encoding: "utf8" });
  const { digest, resumed } = stdout === "" ? {} : JSON.parse(stdout);
  return { digest, resumed, stderr, signal };
}

it("ends with the same bits after kill -9 in the middle of an epoch", { timeout: 120_000 }, () => {
  const whole = train("whole");
  expect(whole).toMatchObject({ stderr: "", signal: null });
  // An epoch has 8 steps; checkpoints are written after every third.
  for (const steps of [7, 13, 22]) expect(train("killed", steps).signal).toBe("SIGKILL");
  // The last checkpoint is that after 21 steps.
  expect(train("killed")).toEqual({ ...whole, resumed: { nextEpoch: 2, nextStep: 5 } });
});
