import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import tls from "node:tls";
import type { Environment } from "../base/cacheFolder.ts";
import { statusFailure } from "./fetchFailure.ts";
import { proxyAuthorization, proxyFor } from "./proxy.ts";

export interface HttpRequest {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly environment: Environment;
  /** Milliseconds of silence after which the connection is dropped. */
  readonly silence: number;
}

/** The begin of an answer; read `body` to its end, or `close` it. */
export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Ends with an error where the connection ends before the announced length. */
  readonly body: AsyncIterable<Uint8Array>;
  close(): void;
}

/** One request, through the proxy that the environment names. Redirects are handed back as they are. */
export async function httpRequest(address: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { url, authorization } = splitSecrets(address);
  const headers = {
    "Accept-Encoding": "identity",
    "User-Agent": "permafrost",
    ...authorization,
    ...request.headers,
  };
  const options = { method: request.method ?? "GET", headers, agent: false } as const;
  const named = proxyFor(url, request.environment);
  if (named === undefined) return answerTo(url, clientOf(url).request(url, options), request);
  const proxy = splitSecrets(named).url;
  if (url.protocol === "http:") {
    const all = { ...headers, Host: url.host, ...proxyAuthorization(named) };
    const sent = clientOf(proxy).request(proxy, { ...options, path: url.href, headers: all });
    return answerTo(url, sent, request);
  }
  const tunnel = await tunnelTo(url, proxy, { ...request, headers: proxyAuthorization(named) });
  const name = isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? { servername: url.hostname } : {};
  const socket = tls.connect({ socket: tunnel, ...name });
  // The request tells of the first error; what follows it has no other listener.
  for (const each of [tunnel, socket]) each.on("error", () => undefined);
  // An agent would make a connection of its own.
  const { method } = options;
  return answerTo(url, https.request(url, { method, headers, createConnection: () => socket }), request);
}

/** Node would put a name and a password in an address into a header of its own, for proxies too. */
function splitSecrets(address: URL): {
  readonly url: URL;
  readonly authorization: Readonly<Record<string, string>>;
} {
  const url = new URL(address);
  url.hash = "";
  if (url.username === "" && url.password === "") return { url, authorization: {} };
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, authorization: { Authorization: `Basic ${Buffer.from(text).toString("base64")}` } };
}

function clientOf({ protocol }: URL): Pick<typeof http, "request"> {
  return protocol === "https:" ? https : http;
}

function answerTo(url: URL, sent: http.ClientRequest, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let end = (reason: Error): unknown => sent.destroy(reason);
    const stop = () => end(new Error("stopped"));
    request.signal?.addEventListener("abort", stop, { once: true });
    sent.on("close", () => request.signal?.removeEventListener("abort", stop));
    sent.on("error", reject);
    sent.setTimeout(request.silence, () => end(silent(url, request)));
    sent.on("response", (body: IncomingMessage) => {
      // Whoever reads the body is told why it ended.
      end = (reason) => body.destroy(reason);
      body.on("error", () => undefined);
      resolve({
        url,
        status: body.statusCode ?? 0,
        headers: body.headers,
        body,
        close: () => sent.destroy(),
      });
    });
    if (request.signal?.aborted === true) stop();
    else sent.end();
  });
}

/** A connection through a proxy, on which the encrypted one is then built: the proxy sees the host's name only. */
function tunnelTo(url: URL, proxy: URL, request: HttpRequest): Promise<Socket> {
  const host = `${url.hostname}:${url.port === "" ? 443 : url.port}`;
  const headers = { ...request.headers, Host: host };
  return new Promise((resolve, reject) => {
    const sent = clientOf(proxy).request(proxy, { method: "CONNECT", path: host, headers, agent: false });
    const stop = () => sent.destroy(new Error("stopped"));
    request.signal?.addEventListener("abort", stop, { once: true });
    sent.on("close", () => request.signal?.removeEventListener("abort", stop));
    sent.on("error", reject);
    sent.setTimeout(request.silence, () => sent.destroy(silent(proxy, request)));
    sent.on("connect", ({ statusCode }: IncomingMessage, socket: Socket) => {
      socket.setTimeout(0);
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      const where = `asked for a connection to ${host}, the proxy ${proxy.host}`;
      reject(statusFailure(statusCode ?? 0, where, {}));
    });
    sent.end();
  });
}

function silent(url: URL, { silence }: HttpRequest): Error {
  return Object.assign(new Error(`${url.host} was silent for ${silence / 1000} s`), { code: "ETIMEDOUT" });
}
