import { PermafrostError } from "../base/errors.ts";
import type { RunKind, RunRequest } from "../recipes/phases/unfinishedRun.ts";

/**
 * What the command line asks for, or what the unfinished run of `--resume` was asked for.
 *
 * @param kind - The command's name, which is the run's kind.
 * @param images - What the folder is of, for the error: "photos".
 * @param newRequest - Reads a new request from the command line.
 */
export async function newOrUnfinished<Request extends RunRequest>(
  kind: RunKind,
  images: string,
  folder: unknown,
  { resume }: Readonly<Record<string, unknown>>,
  newRequest: (folder: string) => Promise<Request>,
): Promise<Request & { readonly resume?: boolean }> {
  if (typeof folder === "string" && typeof resume !== "string") {
    return { ...(await newRequest(folder)), resume: resume !== false };
  }
  if (typeof resume === "string" && folder === undefined) {
    const { unfinishedRequest } = await import("../recipes/phases/unfinishedRun.ts");
    return unfinishedRequest<Request>(resume, kind);
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    folder === undefined
      ? `${kind}: missing required argument 'folder': expected a folder of ${images}, or --resume with an unfinished run.`
      : `${kind}: expected a folder or --resume <run>, got both. Leave the folder out: the run knows what it was asked for.`,
  );
}
