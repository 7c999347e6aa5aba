import { mkdir, readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { mountSmallDisk } from "../support/smallDisk.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

const train = ["train", "photos", ...small, "--epochs", "1", "--json"];

let place: Workplace;

beforeAll(async () => {
  place = await workplace("full", 12);
}, 60_000);

describe("a full disk", () => {
  it("under the bundle keeps the old one and names the folder", async ({ skip }) => {
    await mkdir(place.at("disk"));
    const obstacle = mountSmallDisk(place.at("disk"), 256 * 1024);
    if (obstacle !== undefined) return skip(obstacle);
    const first = await place.run([...train, "--out", "disk/run"]);
    expect(first.code).toBe(0);
    const before = await readFile(place.at("disk", "run", "permafrost.json"));
    const second = await place.run([...train, "--out", "disk/run", "--embed-base"]);
    expect(second.code).toBe(1);
    expect(lastEvent(second, "error")["code"]).toBe("DISK_FULL");
    expect(second.stderr).toMatch(
      /disk.run: no space left to write it\. Nothing was changed; free some space or choose/,
    );
    expect((await readdir(place.at("disk"))).filter((name) => name.startsWith("."))).toEqual([]);
    expect((await readFile(place.at("disk", "run", "permafrost.json"))).equals(before)).toBe(true);
    expect((await place.run(["predict", "disk/run", "photos/across/1.png"])).code).toBe(0);
  });

  it("under the store lets the run end, with a warning", async ({ skip }) => {
    await mkdir(place.at("small-store"));
    const obstacle = mountSmallDisk(place.at("small-store"), 32 * 1024);
    if (obstacle !== undefined) return skip(obstacle);
    const run = await place.run([...train, "--out", "kept", "--store", "small-store"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/warning: .*no space left/);
    expect(run.stderr).toContain("kept in memory, for this run only");
    const result = lastEvent(run, "result");
    expect(result["forwards"]).toMatchObject({ reused: 0 });
    expect(result["warnings"]).toEqual([expect.stringContaining("no space left")]);
    expect((await place.run(["predict", "kept", "photos/across/1.png"])).code).toBe(0);
  });

  it("under both ends with the bundle's error, and leaves nothing but the unfinished run, which can go on", async ({
    skip,
  }) => {
    await mkdir(place.at("both"));
    const obstacle = mountSmallDisk(place.at("both"), 16 * 1024);
    if (obstacle !== undefined) return skip(obstacle);
    const run = await place.run([...train, "--out", "both/run", "--store", "both/store"]);
    expect(run.code).toBe(1);
    expect(lastEvent(run, "error")["code"]).toBe("DISK_FULL");
    const left = await readdir(place.at("both"));
    expect(left.filter((name) => name !== "store" && name !== "run.run")).toEqual([]);
  });
});
