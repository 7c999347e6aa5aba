import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program as npm links it. */
export const bin = fileURLToPath(new URL("../../bin/permafrost.js", import.meta.url));

export interface CliRun {
  /** Exit code; 128 + its number for a signal that nothing caught, as a shell tells it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The parsed lines of stdout, for runs with --json. */
  readonly events: readonly JsonLine[];
}

export interface JsonLine {
  readonly event: string;
  readonly [fact: string]: unknown;
}

export type Kill = (signal: NodeJS.Signals) => void;

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with everything written to stderr so far, each time something is. */
  readonly onError?: (text: string, kill: Kill) => void;
  /** Called with everything written to stdout so far, each time something is. */
  readonly onOutput?: (text: string, kill: Kill) => void;
  /** Called once the process runs. */
  readonly onStart?: (kill: Kill) => void;
  /** Run as a user without any rights where this process is root's; permissions mean nothing to root. */
  readonly asNobody?: boolean;
}

const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};
const nobody = { uid: 65534, gid: 65534 };

/** Runs the compiled command line as its own process. */
export function runCli(words: readonly string[], options: RunOptions = {}): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], {
      env: { ...process.env, ...options.environment },
      cwd: options.cwd,
      ...(options.asNobody === true && process.getuid?.() === 0 ? nobody : {}),
    });
    const kill: Kill = (signal) => child.kill(signal);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(stdout, kill);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onError?.(stderr, kill);
    });
    child.on("spawn", () => options.onStart?.(kill));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const exitCode = code ?? 128 + (signalNumbers[signal ?? "SIGKILL"] ?? 0);
      resolve({ code: exitCode, stdout, stderr, events: parseEvents(stdout) });
    });
  });
}

/** The last event of a kind; fails where there is none. */
export function lastEvent(run: CliRun, kind: string): JsonLine {
  const found = run.events.findLast(({ event }) => event === kind);
  if (found === undefined) throw new Error(`no event "${kind}" on stdout; stderr: ${run.stderr}`);
  return found;
}

function parseEvents(stdout: string): JsonLine[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as JsonLine);
}
