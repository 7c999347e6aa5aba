import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Digest } from "../base/digest.ts";

/** A digest as the publisher of a file names it. "git": that of a git blob, over a header and the content. */
export interface NamedDigest {
  readonly algorithm: "sha256" | "md5" | "git";
  /** Lower-case hexadecimal. */
  readonly value: string;
}

/** What a file's content is. */
export interface FileContentDigests {
  readonly bytes: number;
  readonly sha256: Digest;
  /** In the algorithm that was asked for. */
  readonly named: NamedDigest | undefined;
}

/** Reads a file once for its SHA-256 and for a digest of another kind. */
export async function fileDigests(
  file: string,
  algorithm: NamedDigest["algorithm"] = "sha256",
): Promise<FileContentDigests> {
  const { size } = await stat(file);
  const sha256 = createHash("sha256");
  const other = algorithm === "sha256" ? undefined : createHash(algorithm === "md5" ? "md5" : "sha1");
  if (algorithm === "git") other?.update(`blob ${size}\0`);
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    other?.update(chunk);
    bytes += chunk.length;
  }
  const digest = sha256.digest("hex");
  return { bytes, sha256: digest, named: { algorithm, value: other?.digest("hex") ?? digest } };
}

/** `MD5 6d6b...`: as messages show it. */
export function showDigest({ algorithm, value }: NamedDigest): string {
  return `${{ sha256: "SHA-256", md5: "MD5", git: "git blob" }[algorithm]} ${value}`;
}
