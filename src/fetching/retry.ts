import { setTimeout as delay } from "node:timers/promises";
import { PermafrostError } from "../base/errors.ts";
import { asFailure, FetchFailure } from "./fetchFailure.ts";
import type { FetchSettings } from "./settings.ts";

/** What is asked for. */
export interface Asked {
  /** As messages call it. */
  readonly name: string;
  readonly url: URL;
}

/**
 * Tries until it succeeds, as long as the failures are passing ones: so many in a row that bring nothing.
 *
 * @param progress - Bytes that are here; a try that brings some begins the count anew.
 * @throws FetchFailure that says how often it was tried; PermafrostError INTERRUPTED; whatever else a try throws.
 */
export async function withRetries<T>(
  asked: Asked,
  settings: FetchSettings,
  attempt: () => Promise<T>,
  progress: () => Promise<number> = async () => 0,
): Promise<T> {
  for (let failures = 0; ; ) {
    const before = await progress();
    try {
      return await attempt();
    } catch (error) {
      const now = await progress();
      if (settings.signal?.aborted === true) throw interrupted(asked, now);
      const failure = asFailure(error, asked.url.host);
      if (!(failure instanceof FetchFailure)) throw failure;
      failures = now > before ? 1 : failures + 1;
      if (!failure.isPassing || failures >= settings.patience.attempts) throw counted(failure, failures);
      await pause(failure, failures, asked, settings);
    }
  }
}

/** Waits as long as the server asks, else longer each time, with some chance in it so that many clients do not come back at once. */
async function pause(
  failure: FetchFailure,
  failures: number,
  { name, url }: Asked,
  { patience, signal, onNote }: FetchSettings,
): Promise<void> {
  const { firstDelay, longestDelay } = patience;
  const { wait, message, status } = failure;
  if (wait !== undefined && wait > longestDelay) {
    const seconds = Math.ceil(wait / 1000);
    throw new FetchFailure(`${message}, and ${url.host} asks to wait for ${seconds} s: try again then`, {
      cause: failure,
      ...(status === undefined ? {} : { status }),
    });
  }
  const usual = Math.min(longestDelay, firstDelay * 2 ** (failures - 1)) * (0.75 + 0.5 * Math.random());
  onNote(`${name}: ${message}. Trying again in ${((wait ?? usual) / 1000).toFixed(1)} s.`);
  await delay(wait ?? usual, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

function counted(failure: FetchFailure, tries: number): FetchFailure {
  if (tries === 1) return failure;
  return new FetchFailure(`${failure.message}, in ${tries} tries`, {
    cause: failure,
    ...(failure.status === undefined ? {} : { status: failure.status }),
  });
}

function interrupted({ name }: Asked, bytes: number): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    `${name}: stopped${bytes === 0 ? "." : ` after ${bytes} bytes; they are kept, and the next try goes on from there.`}`,
  );
}
