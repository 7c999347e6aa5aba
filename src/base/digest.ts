import { hash } from "node:crypto";

/** A SHA-256 as 64 lower-case hexadecimal characters. */
export type Digest = string;

/** SHA-256 of bytes or UTF-8 text. */
export function sha256(content: Uint8Array | string): Digest {
  // In one call: row keys and random streams hash short texts by the ten thousand.
  return hash("sha256", content, "hex");
}

/**
 * SHA-256 of a JSON value with its object keys sorted, so that equal values have equal digests
 * whatever the order in which they were written down.
 */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

/** JSON with sorted keys and without insignificant space; `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}
