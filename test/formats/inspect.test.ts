import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { lastEvent, runCli } from "../support/runCli.ts";

const weights = (name: string) => fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url));

test("inspect shows format, model, parameters and tensors of a weight file", async () => {
  const run = await runCli(["inspect", weights("small.keras")]);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/^Format +Keras archive \(\.keras\)$/m);
  expect(run.stdout).toMatch(/^Model +Functional "small"$/m);
  expect(run.stdout).toMatch(/^Parameters +204$/m);
  expect(run.stdout).toMatch(/^layers\/conv2d\/vars\/0 +front +float32 +\[3, 3, 3, 4\]$/m);
});

test("inspect gives the same as one JSON object", async () => {
  const run = await runCli(["inspect", weights("small.onnx"), "--json"]);
  expect(lastEvent(run, "weights")).toMatchObject({ format: "ONNX", missing: [], couldBe: [] });
});

test("inspect refuses a pickle with the command that converts it", async () => {
  const run = await runCli(["inspect", weights("pickle.pt")]);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain("weights_only=True");
});
