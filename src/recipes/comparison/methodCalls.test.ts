import { describe, expect, it } from "vitest";
import { presetPipeline } from "../../augmentation/presets.ts";
import { trainingDefaults } from "../request/trainingDefaults.ts";
import { methodCalls, methodList, requestOf } from "./methodCalls.ts";

describe("a list of methods", () => {
  it("is read with numbers and modifiers", () => {
    const calls = methodCalls(" fast, pool:30,pool ,leaking-freeze+plain+rescale");
    expect(calls.map(({ id }) => id)).toEqual(["fast", "pool:30", "pool:5", "leaking-freeze+plain+rescale"]);
    expect(calls[1]!.argument).toBe(30);
    expect(calls[3]!.modifiers.map(({ name }) => name)).toEqual(["plain", "rescale"]);
    expect(calls[3]!.summary).toContain("divided by 255");
  });

  it.each([
    ["fats", "UNKNOWN_NAME", /Did you mean fast\?.*nearest-mean/],
    ["fast,pool:5,pool", "INVALID_ARGUMENT", /pool:5 is named twice/],
    ["fast:3", "INVALID_ARGUMENT", /takes no number/],
    ["pool:none", "INVALID_ARGUMENT", /pool:<views an image>, such as pool:5/],
    ["fresh+rescaled", "UNKNOWN_NAME", /Did you mean rescale\?/],
    [" , ", "INVALID_ARGUMENT", /at least one method/],
  ])("refuses %j", (text, code, message) => {
    expect(() => methodCalls(text)).toThrowError(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it("ends the base where the comparison says, but not an encoder of one's own", () => {
    const material = {
      common: {
        ...trainingDefaults,
        data: "",
        store: "",
        out: "",
        embedBase: false,
        commandLine: "",
        cut: "x",
      },
      augmentation: { name: "flip", pipeline: presetPipeline("flip"), draws: "fresh", seed: 0 },
      ...{ fineTuning: {}, argument: undefined, trainingImages: "", encoderFolder: "encoder" },
    } as const;
    const cuts = methodCalls("fast,fine-tune,end-to-end,ridge,joint,autoencoder").map(
      (call) => requestOf(call, material).cut,
    );
    expect(cuts).toEqual(["x", "x", "x", "x", undefined, undefined]);
  });

  it("knows every method with a sentence", () => {
    expect(methodList.length).toBe(12);
    for (const { summary } of methodList) expect(summary).toMatch(/^[A-Z].*\.$/);
  });
});
