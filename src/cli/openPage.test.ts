import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openPage } from "./openPage.ts";

describe.skipIf(process.platform !== "linux")("a page in the browser", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "permafrost-open-"));
    vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  async function opener(lines: string): Promise<void> {
    const file = path.join(folder, "xdg-open");
    await writeFile(file, `#!/bin/sh\n${lines}\n`);
    await chmod(file, 0o755);
  }

  it("is shown by the system's opener, by its address", async () => {
    await opener(`echo "$1" > ${path.join(folder, "asked")}`);
    expect(await openPage("a page.html")).toBe(true);
    expect(await readFile(path.join(folder, "asked"), "utf8")).toMatch(/^file:.*\/a%20page\.html\n$/);
  });

  it("is not shown where the opener finds no browser", async () => {
    await opener("exit 3");
    expect(await openPage("page.html")).toBe(false);
  });
});
