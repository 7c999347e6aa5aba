import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server on 127.0.0.1 that notes what it was asked. */
export interface LocalServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  readonly requests: readonly SeenRequest[];
}

/** @param answer - Given the number of the request, from 1. */
export async function localServer(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<LocalServer> {
  const requests: SeenRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers });
    answer(request, response, requests.length);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Sending {
  readonly etag?: string;
  /** Whether the server knows of ranges. Default true. */
  readonly ranges?: boolean;
  /** The connection breaks after so many bytes of the answer. */
  readonly breakAfter?: number;
  /** Bytes a piece, and milliseconds between two of them. */
  readonly slow?: { readonly bytes: number; readonly pause: number };
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a file as a good server does, unless told otherwise. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  { etag, ranges = true, breakAfter, slow, headers = {} }: Sending = {},
): void {
  const all = { ...headers, ...(etag === undefined ? {} : { ETag: etag }) };
  const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  const condition = request.headers["if-range"];
  const from =
    ranges && first !== undefined && (condition === undefined || condition === etag) ? Number(first) : 0;
  if (from > 0 && from >= content.length) {
    response.writeHead(416, { ...all, "Content-Range": `bytes */${content.length}` }).end();
    return;
  }
  const part = content.subarray(from);
  const range = { "Content-Range": `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    ...all,
    ...(from > 0 ? range : {}),
    "Content-Length": part.length,
  });
  if (request.method === "HEAD") response.end();
  else if (breakAfter !== undefined) {
    // An orderly end of the connection: every byte before it arrives.
    response.write(part.subarray(0, breakAfter), () => response.socket?.end());
  } else if (slow !== undefined) sendSlowly(response, part, slow);
  else response.end(part);
}

function sendSlowly(response: ServerResponse, part: Buffer, slow: { bytes: number; pause: number }): void {
  if (part.length === 0) response.end();
  else {
    response.write(part.subarray(0, slow.bytes));
    setTimeout(() => sendSlowly(response, part.subarray(slow.bytes), slow), slow.pause);
  }
}
