import { describe, expect, it } from "vitest";
import { sharp } from "./codec.ts";
import { codecVersion } from "./codecVersion.ts";

describe("codecVersion", () => {
  it("names the versions that the loaded decoder reports", () => {
    expect(codecVersion).toBe(`sharp-${sharp.versions.sharp}-vips-${sharp.versions.vips}`);
  });
});
