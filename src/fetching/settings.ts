import path from "node:path";
import { cacheFolder, type Environment } from "../base/cacheFolder.ts";
import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";

/** How long a download waits and how often it tries. */
export interface Patience {
  /** Tries in a row that bring not one byte. */
  readonly attempts: number;
  /** Milliseconds before the second try; they double with each. */
  readonly firstDelay: number;
  /** A server that asks for more (`Retry-After`) ends the download. */
  readonly longestDelay: number;
  /** A connection that is silent for so many milliseconds is dropped. */
  readonly silence: number;
}

const usualPatience: Patience = { attempts: 5, firstDelay: 500, longestDelay: 60_000, silence: 30_000 };

/** What can be told about fetching. */
export interface FetchOptions extends WorkOptions {
  /** Never touch the network; a text says why. Default: PERMAFROST_OFFLINE or HF_HUB_OFFLINE. */
  readonly offline?: boolean | string;
  /**
   * Address of a folder that has published weight files by their names; it takes the place of their origins. Default:
   * PERMAFROST_WEIGHTS_MIRROR. Digests are checked all the same.
   */
  readonly mirror?: string;
  /** Folder of fetched weights. Default: PERMAFROST_WEIGHTS, else `permafrost/weights` in the system's cache folder. */
  readonly folder?: string;
  /** Told what the user should know, in sentences. */
  readonly onNote?: (text: string) => void;
  /** Default: the process's. */
  readonly environment?: Environment;
  /** Default: five tries, half a second to a minute apart, half a minute of silence. */
  readonly patience?: Partial<Patience>;
}

/** `FetchOptions` with every default filled in. */
export interface FetchSettings extends WorkOptions {
  /** Why the network is not to be touched; undefined: it may be. */
  readonly offline: string | undefined;
  readonly mirror: string | undefined;
  readonly folder: string;
  readonly onNote: (text: string) => void;
  readonly environment: Environment;
  readonly patience: Patience;
}

/** @throws PermafrostError INVALID_ARGUMENT for a mirror that is no http(s) address. */
export function fetchSettings(options: FetchOptions = {}): FetchSettings {
  const { environment = process.env, onNote = () => undefined, onProgress, signal } = options;
  return {
    offline: offlineReason(options.offline, environment),
    mirror: mirrorAddress(options.mirror ?? nonEmpty(environment["PERMAFROST_WEIGHTS_MIRROR"])),
    folder: path.resolve(
      options.folder ??
        nonEmpty(environment["PERMAFROST_WEIGHTS"]) ??
        path.join(cacheFolder(environment), "permafrost", "weights"),
    ),
    onNote,
    environment,
    patience: { ...usualPatience, ...options.patience },
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function offlineReason(given: FetchOptions["offline"], environment: Environment): string | undefined {
  if (typeof given === "string") return given;
  if (given !== undefined) return given ? "--offline" : undefined;
  return ["PERMAFROST_OFFLINE", "HF_HUB_OFFLINE"].find((name) => isSet(environment[name]));
}

/** As Hugging Face's tools read it: "1", "on", "yes" or "true". */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && /^(1|on|yes|true)$/i.test(value);
}

export function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}

/** The address with a slash at its end, so that names can be put behind it. */
function mirrorAddress(mirror: string | undefined): string | undefined {
  if (mirror === undefined) return undefined;
  const url = URL.canParse(mirror) ? new URL(mirror) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:")
    return mirror.endsWith("/") ? mirror : `${mirror}/`;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `mirror: expected the address of a folder, such as https://example.org/weights/, got ${JSON.stringify(mirror)}. Set --mirror or PERMAFROST_WEIGHTS_MIRROR.`,
  );
}

/** Whether nobody on the way can read or change what is sent: encrypted, or never leaving this machine. */
export function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
