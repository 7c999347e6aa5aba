import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../bin/permafrost.js", import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The parsed lines of stdout, for runs with --json. */
  readonly events: readonly JsonLine[];
}

export interface JsonLine {
  readonly event: string;
  readonly [fact: string]: unknown;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with everything written to stderr so far, each time something is. */
  readonly onError?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the compiled command line as its own process. */
export function runCli(words: readonly string[], options: RunOptions = {}): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], {
      env: { ...process.env, ...options.environment },
      cwd: options.cwd,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onError?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, events: parseEvents(stdout) }));
  });
}

function parseEvents(stdout: string): JsonLine[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as JsonLine);
}
