import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PermafrostError } from "../base/errors.ts";
import type { Tensors } from "./session.ts";
import { silenceTelemetry } from "./telemetry.ts";

/** What came out of one run, by the names of the outputs. */
export type ProbeRun = Readonly<
  Record<
    string,
    {
      readonly dtype: string;
      readonly shape: readonly number[];
      /** Where it was asked for. */
      readonly data?: ArrayLike<number | bigint>;
    }
  >
>;

/** The types of a model's outputs as far as they are known without running it: an axis that is not has no size. */
export type OutputTypes = Readonly<
  Record<string, { readonly dtype: string; readonly shape: readonly (number | undefined)[] }>
>;

export interface RunsQuestion {
  readonly kind: "runs";
  readonly model: Uint8Array;
  /** The feeds of each run. */
  readonly runs: readonly Tensors[];
  readonly keepData: boolean;
}

export interface TypesQuestion {
  readonly kind: "types";
  readonly model: Uint8Array;
}

export interface Answers {
  readonly runs: readonly ProbeRun[];
  readonly types: OutputTypes;
}

export type ProbeQuestion = RunsQuestion | TypesQuestion;

export type ProbeAnswer = { readonly results: unknown } | { readonly failure: string };

/** A model that has not answered by then is taken to run for ever (a loop without an end). */
const longest = 300_000;

/**
 * Tries a model that this program has not made in a process of its own, so that native code that crashes or never ends takes
 * nothing with it.
 *
 * @param where - The model's file, for messages.
 * @throws PermafrostError ENGINE_FAILED with what ONNX Runtime said, or how the process ended.
 */
export async function probeModel(
  question: Omit<RunsQuestion, "kind">,
  where: string,
): Promise<readonly ProbeRun[]> {
  return asked<"runs">({ kind: "runs", ...question }, where);
}

/** The types of a model's outputs, without running it, in a process of its own. Throws as `probeModel`. */
export async function probeTypes(model: Uint8Array, where: string): Promise<OutputTypes> {
  return asked<"types">({ kind: "types", model }, where);
}

async function asked<Kind extends ProbeQuestion["kind"]>(
  question: Extract<ProbeQuestion, { readonly kind: Kind }>,
  where: string,
): Promise<Answers[Kind]> {
  silenceTelemetry();
  const entry = fileURLToPath(new URL("../../dist/engine/probeProcess.js", import.meta.url));
  const child = fork(entry, [], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const answer = await answerOf(child, question);
  // What the other process sends is of the kind that was asked for.
  if ("results" in answer) return answer.results as Answers[Kind];
  throw new PermafrostError("ENGINE_FAILED", `${where}: ${answer.failure}`, { details: { path: where } });
}

function answerOf(child: ChildProcess, question: ProbeQuestion): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve({ failure: `one run of the model took more than ${longest / 1000} seconds.` });
    }, longest);
    child.once("message", (answer: ProbeAnswer) => resolve(answer));
    child.once("error", (error) => resolve({ failure: `its trial could not be started: ${error.message}` }));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const failure = `ONNX Runtime ended the trial of this model (${signal ?? `exit code ${code}`}). The file may be damaged.`;
      // The process can be gone before its answer is read: only when the channel is closed and read to its end, there was none.
      const giveUp = () => setImmediate(resolve, { failure });
      if (child.connected) child.once("disconnect", giveUp);
      else giveUp();
    });
    child.send(question, () => undefined);
  });
}
