import { expect } from "vitest";
import type { CliRun } from "./runCli.ts";

/** Expects a command to end with a code and an error that holds all texts, and with neither a stack nor results. */
export function expectRefusal(run: CliRun, code: number, texts: readonly string[]): void {
  for (const text of texts) expect(run.stderr).toContain(text);
  expect(run.stderr).not.toMatch(/^ {4}at /m);
  expect(run.stderr).not.toContain("INTERNAL");
  expect(run.stdout).toBe("");
  expect(run.code).toBe(code);
}
