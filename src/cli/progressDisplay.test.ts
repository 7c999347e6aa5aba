import { describe, expect, it } from "vitest";
import { duration, ProgressDisplay, progressText } from "./progressDisplay.ts";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 80, write: (text: string) => written.push(text) };
}

describe("progressText", () => {
  it("shows count, rate and time left", () => {
    expect(progressText({ phase: "features", done: 500, total: 2000, unit: "images" }, 2)).toBe(
      "features  [#####...............]  500/2,000 images  250/s  6 s left",
    );
  });

  it("shows bytes in their units, and counts in the rate only what came since the begin", () => {
    const mib = 2 ** 20;
    const event = {
      phase: "fetch",
      from: 40 * mib,
      done: 50 * mib,
      total: 56 * mib,
      unit: "bytes",
      note: "vgg16.h5",
    };
    expect(progressText(event, 5)).toBe(
      "fetch  [##################..]  50.0 MiB/56.0 MiB  2.0 MiB/s  3 s left  vgg16.h5",
    );
  });

  it("shows no bar where the total is not known", () => {
    expect(progressText({ phase: "hash", done: 3, unit: "files", note: "cats" }, 2)).toBe(
      "hash  3 files  1.5/s  cats",
    );
  });
});

describe("duration", () => {
  it.each([
    [0.2, "1 s"],
    [59.4, "59 s"],
    [200, "3 min 20 s"],
    [3900, "1 h 5 min"],
  ])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));
});

describe("ProgressDisplay", () => {
  it("says nothing of work under two seconds", () => {
    const out = stream(false);
    const display = new ProgressDisplay(out, () => 1000);
    display.show({ phase: "scan", done: 1, total: 2, unit: "files" });
    display.show({ phase: "scan", done: 2, total: 2, unit: "files" });
    expect(out.written).toEqual([]);
  });

  it("counts the preparation where as much is left to do", () => {
    const out = stream(false);
    let now = 0;
    const display = new ProgressDisplay(out, () => now);
    now = 2_500;
    display.show({ phase: "features", done: 8, total: 300, unit: "images" });
    now = 2_800;
    display.show({ phase: "features", done: 24, total: 300, unit: "images" });
    expect(out.written.length).toBe(1);
  });

  it("says nothing of short work after a long preparation", () => {
    const out = stream(false);
    let now = 0;
    const display = new ProgressDisplay(out, () => now);
    for (now = 3_000; now <= 3_100; now += 20)
      display.show({ phase: "digest", done: now - 2_999, total: 101, unit: "files" });
    expect(out.written).toEqual([]);
  });

  it("writes a line every five seconds where there is no terminal", () => {
    const out = stream(false);
    let now = 0;
    const display = new ProgressDisplay(out, () => now);
    for (now = 0; now <= 12_000; now += 500) {
      display.show({ phase: "scan", done: now, total: 20_000, unit: "files" });
    }
    expect(out.written.length).toBe(3);
    expect(out.written[0]).toMatch(/^scan {2}\[#+\.+\] {2}2,000\/20,000 files/);
  });

  it("redraws one line on a terminal and takes it away for other text", () => {
    const out = stream(true);
    let now = 0;
    const display = new ProgressDisplay(out, () => now);
    display.show({ phase: "scan", done: 0, total: 9, unit: "files" });
    now = 3_000;
    display.show({ phase: "scan", done: 3, total: 9, unit: "files" });
    display.clear();
    expect(out.written[0]).toMatch(/^\r/);
    expect(out.written.at(-1)).toBe("\r\x1b[2K");
  });
});
