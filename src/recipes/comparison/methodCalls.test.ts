import { describe, expect, it } from "vitest";
import { methodCalls, methodList } from "./methodCalls.ts";

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

  it("knows every method with a sentence", () => {
    expect(methodList.length).toBe(12);
    for (const { summary } of methodList) expect(summary).toMatch(/^[A-Z].*\.$/);
  });
});
