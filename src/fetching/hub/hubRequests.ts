import { PermafrostError } from "../../base/errors.ts";
import { FetchFailure, statusFailure } from "../fetchFailure.ts";
import type { NamedDigest } from "../fileDigest.ts";
import type { HttpAnswer } from "../httpRequest.ts";
import { requestFollowing, shownAddress } from "../redirects.ts";
import { withRetries } from "../retry.ts";
import type { FetchSettings } from "../settings.ts";
import { isCommit } from "./hubCache.ts";
import { isSafeName } from "./hubReference.ts";
import type { HubSettings } from "./hubSettings.ts";

/** What is asked of the server, and how. */
export interface HubContext {
  readonly hub: HubSettings;
  readonly settings: FetchSettings;
  readonly repository: string;
  readonly revision: string;
}

/** A repository at one commit. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly string[];
}

/** What the server says of a file before it is fetched. */
export interface HubFileFacts {
  readonly commit: string;
  /** The name of the content in the cache, which is its digest. */
  readonly etag: string;
  readonly digest: NamedDigest;
  readonly bytes: number | undefined;
  readonly url: URL;
}

const mostListingBytes = 32 * 2 ** 20;

/** For requests to the endpoint alone; redirects to others lose it. */
export function authorization({ token }: HubSettings): Readonly<Record<string, string>> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

/** All files of a repository. */
export async function listRepository(context: HubContext): Promise<HubListing> {
  const { hub, repository, revision } = context;
  const url = new URL(`${hub.endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}`);
  const text = await asked(context, url, `hf:${repository}`, async (answer) => {
    if (answer.status !== 200) throw statusFailure(answer.status, shownAddress(url), answer.headers);
    return readText(answer);
  });
  const { sha, siblings } = parseListing(text);
  if (typeof sha !== "string" || !isCommit(sha) || !Array.isArray(siblings)) throw notUnderstood(url);
  const names = (siblings as readonly { readonly rfilename?: unknown }[]).map((each) => each?.rfilename);
  const texts = names.filter((name) => typeof name === "string");
  // Names become paths here.
  return { commit: sha, files: texts.filter((name) => name.split("/").every(isSafeName)) };
}

/** What the server knows of a file; undefined: there is none of this name. */
export async function fileFacts(context: HubContext, file: string): Promise<HubFileFacts | undefined> {
  const { hub, repository, revision } = context;
  const parts = [revision, ...file.split("/")].map(encodeURIComponent).join("/");
  const url = new URL(`${hub.endpoint}/${repository}/resolve/${parts}`);
  return asked(context, url, `hf:${repository}/${file}`, async (answer) => {
    const isRedirect = answer.status >= 300 && answer.status < 400;
    if (answer.status === 404 && answer.headers["x-error-code"] !== "RepoNotFound") return undefined;
    if (answer.status !== 200 && !isRedirect)
      throw statusFailure(answer.status, shownAddress(url), answer.headers);
    return factsIn(answer, url);
  });
}

function factsIn({ headers, status }: HttpAnswer, url: URL): HubFileFacts {
  const commit = headers["x-repo-commit"];
  const etag = plainEtag(headers["x-linked-etag"] ?? headers.etag);
  const size = headers["x-linked-size"] ?? (status === 200 ? headers["content-length"] : undefined);
  if (typeof commit !== "string" || !isCommit(commit)) throw notUnderstood(url);
  const bytes = size === undefined ? undefined : Number(size);
  return { commit, etag, digest: digestIn(etag, url), bytes, url };
}

/** SHA-256 of large files, the git blob's digest of small ones. */
function digestIn(etag: string, url: URL): NamedDigest {
  if (/^[0-9a-f]{64}$/.test(etag)) return { algorithm: "sha256", value: etag };
  if (/^[0-9a-f]{40}$/.test(etag)) return { algorithm: "git", value: etag };
  throw notUnderstood(url);
}

function plainEtag(etag: string | readonly string[] | undefined): string {
  return String(etag ?? "").replace(/^(W\/)?"?|"?$/g, "");
}

/** A renamed repository, or another place of a small file: relative addresses. Those with a host lead to the content itself. */
function isWithinServer({ headers }: HttpAnswer): boolean {
  return headers.location?.startsWith("/") === true && !headers.location.startsWith("//");
}

async function asked<T>(
  { hub, settings }: HubContext,
  url: URL,
  name: string,
  read: (answer: HttpAnswer) => Promise<T>,
): Promise<T> {
  const request = {
    method: url.pathname.includes("/resolve/") ? "HEAD" : "GET",
    headers: authorization(hub),
    signal: settings.signal,
    environment: settings.environment,
    silence: settings.patience.silence,
  } as const;
  const attempt = async () => {
    const answer = await requestFollowing(url, request, isWithinServer);
    try {
      return await read(answer);
    } finally {
      answer.close();
    }
  };
  try {
    return await withRetries({ name, url }, settings, attempt);
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    throw new PermafrostError("FETCH_FAILED", `${name}: ${error.message}. ${adviceFor(error.status, hub)}`, {
      cause: error,
      details: { address: shownAddress(url), status: error.status },
    });
  }
}

function adviceFor(status: number | undefined, { token, endpoint }: HubSettings): string {
  if (status === 401 || status === 403 || status === 404) {
    return token === undefined
      ? "Check the name. If the repository is private or asks for consent, accept its terms in the browser and set HF_TOKEN."
      : "Check the name, and whether the token in use may read this repository (some ask for consent in the browser).";
  }
  return `Check the network and ${endpoint}; HF_ENDPOINT names another server, HTTPS_PROXY a proxy.`;
}

async function readText({ body, url }: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostListingBytes)
      throw new FetchFailure(`${shownAddress(url)} sent more than ${mostListingBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseListing(text: string): { readonly sha?: unknown; readonly siblings?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

function notUnderstood(url: URL): FetchFailure {
  return new FetchFailure(
    `${shownAddress(url)} does not answer as Hugging Face does (commit and digest of the file are missing)`,
  );
}
