import { exitCodes } from "./exitCodes.ts";
import type { Output } from "./output.ts";

export interface SignalWatch {
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  received(): NodeJS.Signals | undefined;
  stop(): void;
}

/** Turns the first Ctrl-C or SIGTERM into an orderly end; a second one ends the process at once. */
export function watchSignals(output: Output): SignalWatch {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (received !== undefined)
      process.exit(signal === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted);
    received = signal;
    output.note("Stopping at the next safe point; press Ctrl-C again to stop at once.");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    received: () => received,
    stop: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
