import { describe, expect, it } from "vitest";
import { crc32c } from "./crc32c.ts";

describe("crc32c", () => {
  it("agrees with the examples of RFC 3720, B.4", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  });

  it("is 0xe3069283 for the digits 1 to 9", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  });
});
