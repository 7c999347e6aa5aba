import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { type Kill, lastEvent } from "../support/runCli.ts";
import { workplace } from "../support/workplace.ts";

const words = ["pretrain", "photos", "--image-size", "24", "--denoise", "0.1", "--epochs", "4", "--json"];

describe("permafrost pretrain", () => {
  it("goes on after a kill with the same bits, and its bundle serves as --base", async () => {
    const place = await workplace("pretrain", 8);
    const killed = await place.run([...words, "--out", "part"], {
      onOutput: (text: string, kill: Kill) => {
        if (text.split('"event":"sheet"').length > 2) kill("SIGKILL");
      },
    });
    expect(killed.code).toBe(137);
    expect(existsSync(place.at("part.run", "reconstructions.png"))).toBe(true);
    const wrong = await place.run(["train", "--resume", "part"]);
    expect(wrong.stderr).toContain("permafrost pretrain --resume part");
    const resumed = await place.run(["pretrain", "--resume", "part", "--json"]);
    expect(lastEvent(resumed, "resumed")["epochs"]).toBeGreaterThan(0);
    const whole = await place.run([...words, "--out", "whole"]);
    expect(whole.code).toBe(0);
    const encoder = (out: string) => sha256(readFileSync(place.at(out, "base.safetensors")));
    expect(encoder("part")).toBe(encoder("whole"));
    expect(existsSync(place.at("part.run"))).toBe(false);
    const trained = await place.run([
      "train",
      "photos",
      "--base",
      "./part",
      "--epochs",
      "1",
      "--out",
      "classes",
    ]);
    expect(trained.code).toBe(0);
    expect((await place.run(["inspect", "part"])).stdout).toContain("pretrained encoder");
  });
});
