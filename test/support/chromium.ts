import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The first of the usual names that runs; undefined where none is installed. */
export async function findChromium(): Promise<string | undefined> {
  for (const name of [process.env["CHROMIUM"] ?? "chromium", "chromium-browser", "google-chrome"]) {
    const found = await run(name, ["--version"]).then(
      () => true,
      () => false,
    );
    if (found) return name;
  }
  return undefined;
}

/** A run of headless Chromium with a profile of its own; its standard output. */
export async function chromium(program: string, words: readonly string[]): Promise<string> {
  const profile = await mkdtemp(path.join(tmpdir(), "permafrost-chromium-"));
  try {
    const { stdout } = await run(
      program,
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        `--user-data-dir=${profile}`,
        ...words,
      ],
      { maxBuffer: 64 * 2 ** 20, timeout: 60_000 },
    );
    return stdout;
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
