import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PermafrostError, systemCode } from "../base/errors.ts";

/** The holder touches its lock so often. */
const heartbeatMs = 2_000;
/** A lock that was not touched for so long has no living holder. */
const staleMs = 15_000;
const pollMs = 200;

/** Who holds a lock, as its file says. */
interface Holder {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
}

/**
 * Does work that only one process may do at a time. Others wait; a lock whose holder was killed is taken over.
 *
 * @param file - The lock's file, made for the work's time.
 * @param onWait - Called each time that the wait goes on.
 * @throws PermafrostError INTERRUPTED when the signal comes while waiting; whatever the work throws.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void } = {},
): Promise<T> {
  const token = await acquire(file, signal, onWait);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    // Not another's, if this one was taken for dead (a machine that slept).
    if ((await holderOf(file))?.token === token) await rm(file, { force: true });
  }
}

async function acquire(file: string, signal: AbortSignal | undefined, onWait?: () => void): Promise<string> {
  const token = randomBytes(12).toString("hex");
  await mkdir(path.dirname(file), { recursive: true });
  while (!(await create(file, token))) {
    if (await isStale(file)) await takeAway(file, await holderOf(file));
    else {
      onWait?.();
      await delay(pollMs);
    }
    if (signal?.aborted === true)
      throw new PermafrostError("INTERRUPTED", `${file}: stopped while waiting for another process.`);
  }
  return token;
}

async function create(file: string, token: string): Promise<boolean> {
  const holder: Holder = { token, host: hostname(), pid: process.pid };
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(JSON.stringify(holder));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) return false;
  if (Date.now() - facts.mtimeMs > staleMs) return true;
  const holder = await holderOf(file);
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

/** Two may find the same dead lock: whoever moves a living one away by that brings it back. */
async function takeAway(file: string, dead: Holder | undefined): Promise<void> {
  const aside = `${file}-${randomBytes(6).toString("hex")}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  if ((await holderOf(aside))?.token !== dead?.token) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** undefined: nobody's, or being written. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (value === null || typeof value !== "object") return undefined;
    const { token, host, pid } = value as Partial<Record<keyof Holder, unknown>>;
    const isHolder = typeof token === "string" && typeof host === "string" && typeof pid === "number";
    return isHolder ? { token, host, pid } : undefined;
  } catch {
    return undefined;
  }
}
