import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { messageOf } from "../../src/base/errors.ts";

/**
 * Mounts a file system of a few bytes at a folder for the rest of the test.
 *
 * @returns Why that cannot be done here, or undefined.
 */
export function mountSmallDisk(folder: string, bytes: number): string | undefined {
  if (process.platform !== "linux") return "needs Linux's tmpfs";
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    return `needs the right to mount a small file system (${messageOf(error).split("\n")[0]})`;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder]);
  });
  return undefined;
}

/** Nothing can be written there any more. */
export function makeReadOnly(folder: string): void {
  execFileSync("mount", ["-o", "remount,ro", folder], { stdio: "pipe" });
}
