import { readdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { type CliRun, type Kill, lastEvent } from "../support/runCli.ts";
import { small, type Workplace, workplace } from "../support/workplace.ts";

/** Long enough to be stopped in: 50 pictures to run through the base, 150 epochs. */
const command = ["train", "photos", ...small, "--epochs", "150", "--json"];

let place: Workplace;
let reference: Buffer;

beforeAll(async () => {
  place = await workplace("signals", 20);
  const run = await place.run([...command, "--out", "reference"], { environment: storeOf("reference") });
  expect(run.code).toBe(0);
  reference = await readFile(place.at("reference", "head.safetensors"));
}, 60_000);

/** Each case has a store of its own, so that each computes its features. */
function storeOf(name: string): Record<string, string> {
  return { PERMAFROST_STORE: place.at(`store-${name}`) };
}

/** Raises a signal as soon as a look at the disk says so. */
function when(seen: () => boolean, signal: NodeJS.Signals): (kill: Kill) => void {
  return (kill) => {
    const timer = setInterval(() => {
      if (!seen()) return;
      clearInterval(timer);
      kill(signal);
    }, 1);
    setTimeout(() => clearInterval(timer), 30_000).unref();
  };
}

/** A second signal would end the process at once. */
function once(act: (kill: Kill) => void): (text: string, kill: Kill) => void {
  let done = false;
  return (_, kill) => {
    if (!done) act(kill);
    done = true;
  };
}

function hasName(folder: string, part: string): boolean {
  try {
    return readdirSync(folder, { recursive: true }).some((name) =>
      path.basename(String(name)).includes(part),
    );
  } catch {
    return false;
  }
}

/** A bundle is there whole or not at all; the next run ends with the weights of one that was never stopped. */
async function expectNothingLost(name: string, run: CliRun): Promise<void> {
  const entries = await readdir(place.folder);
  expect(entries.filter((entry) => entry.startsWith(".tmp-") || entry.startsWith(".old-"))).toEqual([]);
  if (entries.includes(name)) {
    expect((await place.run(["predict", name, "photos/across/1.png"])).code).toBe(0);
    expect(run.code).toBe(0);
  } else {
    expect(run.code).not.toBe(0);
  }
  const next = await place.run([...command, "--out", name], { environment: storeOf(name) });
  expect(next.stderr).not.toContain("damaged");
  expect(next.code).toBe(0);
  const { forwards } = lastEvent(next, "result") as unknown as { forwards: Record<string, number> };
  expect(forwards["computed"]! + forwards["reused"]!).toBe(60);
  expect((await readFile(place.at(name, "head.safetensors"))).equals(reference)).toBe(true);
}

function expectStopped(run: CliRun, code: number): void {
  expect(run.code).toBe(code);
  expect(run.stderr).toContain("Stopping at the next safe point");
  expect(run.stderr).toContain("No bundle was written to");
  expect(run.stderr).not.toMatch(/^ {4}at /m);
  expect(lastEvent(run, "error")["code"]).toBe("INTERRUPTED");
}

describe("a train that is told to stop", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends after %s during features, and keeps those it has", async (signal, code) => {
    const name = `features-${signal}`;
    const store = place.at(`store-${name}`);
    const run = await place.run([...command, "--out", name], {
      environment: storeOf(name),
      onStart: when(() => hasName(store, ".safetensors"), signal),
    });
    if (run.code !== 0) {
      expectStopped(run, code);
      expect(run.stderr).toMatch(/kept/);
    }
    await expectNothingLost(name, run);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends after %s during training, and says what is kept", async (signal, code) => {
    const name = `training-${signal}`;
    const run = await place.run([...command, "--out", name], {
      environment: storeOf(name),
      onOutput: once((kill) => kill(signal)),
    });
    expectStopped(run, code);
    expect(run.stderr).toMatch(/stopped as asked in epoch \d+ of 150/);
    await expectNothingLost(name, run);
  });

  it("leaves no half-written bundle when stopped while saving", async () => {
    const run = await place.run([...command, "--out", "saving"], {
      environment: storeOf("saving"),
      onStart: when(() => hasName(place.folder, ".tmp-saving-"), "SIGINT"),
    });
    await expectNothingLost("saving", run);
  });

  it("loses nothing at random moments", async () => {
    const random = new Random("signals", 1);
    for (let round = 0; round < 3; round++) {
      const name = `random-${round}`;
      const signal = round % 2 === 0 ? "SIGINT" : "SIGTERM";
      const run = await place.run([...command, "--out", name], {
        environment: storeOf(name),
        onStart: (kill) => void sleep(100 + random.integer(2500)).then(() => kill(signal)),
      });
      expect([0, signal === "SIGINT" ? 130 : 143]).toContain(run.code);
      await expectNothingLost(name, run);
    }
  }, 180_000);
});
