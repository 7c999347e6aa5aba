import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type LocalServer, localServer, sendFile } from "./localServer.ts";

export const hubCommit = "0123456789abcdef0123456789abcdef01234567";

/** A server that answers as Hugging Face does: for one repository, large files on another host. */
export interface LocalHub extends AsyncDisposable {
  readonly hub: LocalServer;
  /** Where large files lie. */
  readonly store: LocalServer;
}

/** Files above this are kept by their SHA-256 elsewhere. */
const largeBytes = 1000;

/** @param token - Who does not send it is refused. */
export async function localHub(
  repository: string,
  files: Readonly<Record<string, Buffer>>,
  token?: string,
): Promise<LocalHub> {
  const store = await localServer((request, response) => {
    const content = Object.values(files).find((each) => request.url === `/${sha256(each)}?signature=1`);
    if (content === undefined) response.writeHead(404).end();
    else sendFile(request, response, content, { etag: `"${sha256(content)}-parts"` });
  });
  const hub = await localServer((request, response) => {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { "X-Error-Code": "GatedRepo" }).end();
    } else answer(request, response);
  });
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [, revision, name = ""] =
      new RegExp(`^/${repository}/resolve/([^/]+)/(.*)$`).exec(decodeURIComponent(request.url!)) ?? [];
    const content = files[name];
    const isKnown = revision === "main" || revision === hubCommit;
    const listing = `/api/models/${repository}/revision/`;
    if ([`${listing}main`, `${listing}${hubCommit}`].includes(request.url!)) {
      const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
      response.end(JSON.stringify({ id: repository, sha: hubCommit, siblings }));
    } else if (!isKnown || content === undefined) {
      response.writeHead(404, { "X-Error-Code": "EntryNotFound" }).end();
    } else if (content.length < largeBytes) {
      sendFile(request, response, content, {
        etag: `"${gitDigest(content)}"`,
        headers: { "X-Repo-Commit": hubCommit },
      });
    } else {
      response
        .writeHead(302, {
          "X-Repo-Commit": hubCommit,
          "X-Linked-Etag": `"${sha256(content)}"`,
          "X-Linked-Size": content.length,
          Location: `${store.address}/${sha256(content)}?signature=1`,
        })
        .end();
    }
  }
  return {
    hub,
    store,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

export function gitDigest(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
