import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { small, workplace } from "../support/workplace.ts";

it("draws a classifier as a picture and as data, and names a file of another kind", async () => {
  const place = await workplace("graph", 0);
  const words = ["graph", ...small, "--unfreeze", "last:1", "--training"];
  const drawn = await place.run([...words, "--out", "step.svg", "--json"]);
  expect(drawn.code).toBe(0);
  const { nodes, cut } = lastEvent(drawn, "graph");
  expect(cut).toContain("numbers a sample");
  const states = new Set((nodes as readonly { readonly state: string }[]).map(({ state }) => state));
  expect([...states].sort()).toEqual(["frozen", "gradient", "input", "loss", "plain", "trained"]);
  expect(readFileSync(place.at("step.svg"), "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
  const wrong = await place.run([...words, "--out", "step.png", "--json"]);
  expect(lastEvent(wrong, "error")).toMatchObject({ code: "INVALID_ARGUMENT" });
});
