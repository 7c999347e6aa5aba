import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { type CliRun, type Kill, lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

const words = ["train", "photos", ...small, "--head", "dense:16,dropout:0.5", "--batch-size", "8", "--json"];
const epochs = 60;

/** Kills the process with SIGKILL once it has told of so many epochs. */
function killAfter(count: number) {
  return {
    onOutput: (text: string, kill: Kill) => {
      if (text.split('"event":"epoch"').length > count) kill("SIGKILL");
    },
  };
}

const train = (place: Workplace, out: string, options: readonly string[] = [], work = {}): Promise<CliRun> =>
  place.run([...words, "--epochs", String(epochs), "--out", out, ...options], work);

const head = (place: Workplace, out: string) => sha256(readFileSync(place.at(out, "head.safetensors")));

/** A place with an unfinished run `part`. */
async function killedRun(): Promise<Workplace> {
  const place = await workplace("resume", 8);
  const killed = await train(place, "part", [], killAfter(20));
  expect(killed.code).toBe(137);
  return place;
}

describe("an unfinished run of train", () => {
  it("is gone on with by the same command, with the same weights, metrics and history", async () => {
    const place = await killedRun();
    const whole = await train(place, "whole");
    expect(readdirSync(place.at("part.run")).sort()).toEqual(["checkpoint.safetensors", "run.json"]);
    writeFileSync(place.at("part.run", "notes.txt"), "mine");
    const run = await train(place, "part");
    expect(lastEvent(run, "resumed")["epochs"]).toBeGreaterThan(0);
    expect(head(place, "part")).toBe(head(place, "whole"));
    const { metrics, history } = lastEvent(run, "result");
    expect({ metrics, history }).toEqual({
      metrics: lastEvent(whole, "result")["metrics"],
      history: lastEvent(whole, "result")["history"],
    });
    expect(readdirSync(place.at("part.run"))).toEqual(["notes.txt"]);
  });

  it("is gone on with by --resume, from any folder", async () => {
    const place = await killedRun();
    await train(place, "whole");
    const run = await place.run(["train", "--resume", place.at("part.run"), "--json"], { cwd: "/" });
    expect(run.code).toBe(0);
    expect(lastEvent(run, "resumed")["epochs"]).toBeGreaterThan(0);
    expect(head(place, "part")).toBe(head(place, "whole"));
    expect(existsSync(place.at("part.run"))).toBe(false);
    const again = await place.run(["train", "--resume", "part"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("no unfinished run is here");
  });

  it("starts anew with --no-resume, and for another request, other images or checkpoints of an earlier format, saying why", async () => {
    const place = await killedRun();
    const record: { parts: object } = JSON.parse(readFileSync(place.at("part.run", "run.json"), "utf8"));
    const older = { ...record, parts: { ...record.parts, checkpoint: undefined } };
    writeFileSync(place.at("part.run", "run.json"), JSON.stringify(older));
    const other = await train(place, "part", ["--seed", "3"], killAfter(20));
    expect(other.stderr).toContain("seed: 0 -> 3");
    expect(other.stderr).toContain("checkpoints: an earlier format -> permafrost checkpoint");
    expect(other.events.map(({ event }) => event)).not.toContain("resumed");
    writeFileSync(
      place.at("photos", "across", "another.png"),
      readFileSync(place.at("photos", "slanted", "1.png")),
    );
    const moved = await train(place, "part", ["--seed", "3"], killAfter(20));
    expect(moved.stderr).toContain("the images, their labels or their order have changed");
    const anew = await train(place, "part", ["--seed", "3", "--no-resume"]);
    expect(anew.events.map(({ event }) => event)).not.toContain("resumed");
    expect(anew.code).toBe(0);
    expect(existsSync(place.at("part.run"))).toBe(false);
  });

  it("is wrong usage to resume without saying what, or with a folder", async () => {
    const place = await workplace("resume", 0);
    expect((await place.run(["train"])).code).toBe(2);
    const both = await place.run(["train", "photos", "--resume", "part"]);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain("got both");
  });

  it("leaves a run.json that is not ours alone", async () => {
    const place = await killedRun();
    writeFileSync(place.at("part.run", "run.json"), "{}");
    const run = await train(place, "part");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("OUTPUT_EXISTS");
    expect(readFileSync(place.at("part.run", "run.json"), "utf8")).toBe("{}");
  });
});
