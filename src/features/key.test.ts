import { describe, expect, it } from "vitest";
import { groupWith } from "../../test/support/featureRows.ts";
import { sha256 } from "../base/digest.ts";
import { type FeatureGroup, groupDigest, imageKey, rowKey, rowKeys } from "./key.ts";

describe("groupDigest", () => {
  // Typed over the members: a new part of the key has to be tried here.
  const changes: { readonly [Part in keyof FeatureGroup]: Partial<FeatureGroup> } = {
    decode: { decode: "decode-2" },
    resize: { resize: "resize-2" },
    preprocessing: { preprocessing: { height: 8, width: 8, scale: 2 } },
    prefix: { prefix: sha256("another prefix") },
    cut: { cut: [5, 1] },
    numericsClass: { numericsClass: "engine 1, linux-x64, avx512, all" },
    dtype: { dtype: "float16" },
  };

  it.each(Object.entries(changes))("changes with %s", (_part, change) => {
    expect(groupDigest(groupWith(change))).not.toBe(groupDigest(groupWith()));
  });

  it("does not depend on the order in which members are written", () => {
    const { decode, ...rest } = groupWith({ preprocessing: { scale: 1, width: 8, height: 8 } });
    expect(groupDigest({ ...rest, decode })).toBe(groupDigest(groupWith()));
  });

  it("covers every member of a group", () => {
    expect(Object.keys(changes).sort()).toEqual(Object.keys(groupWith()).sort());
  });
});

describe("rowKey", () => {
  const image = sha256("image");

  it("is half the image's digest and half the SHA-256 of image and draw", () => {
    const key = Buffer.from(rowKey({ image, draw: "none" })).toString("hex");
    expect(key).toBe(imageKey(image) + sha256(`${image}/none`).slice(0, 32));
  });

  it("changes with the image and with the draw", () => {
    const keys = [
      rowKey({ image, draw: "none" }),
      rowKey({ image: sha256("other"), draw: "none" }),
      rowKey({ image, draw: sha256("draw") }),
    ];
    expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(3);
  });

  it("packs many keys one behind the other", () => {
    const packed = rowKeys([
      { image, draw: "none" },
      { image, draw: sha256("draw") },
    ]);
    expect(packed.subarray(32)).toEqual(new Uint8Array(rowKey({ image, draw: sha256("draw") })));
  });
});
