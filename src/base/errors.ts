/**
 * Every kind of failure a caller may want to tell apart. Each has an entry in docs/errors.md.
 * A new kind is one line here and one paragraph there; a test holds the two against each other.
 */
export const errorCodes = [
  "BUNDLE_INVALID",
  "BUNDLE_NEWER",
  "CLASS_MISMATCH",
  "DATA_EMPTY",
  "DATA_INVALID",
  "DIGEST_MISMATCH",
  "DISK_FULL",
  "ENGINE_FAILED",
  "ENGINE_MISSING",
  "FEEDS_MISMATCH",
  "FETCH_FAILED",
  "FORMAT_UNKNOWN",
  "GRAPH_INVALID",
  "IMAGE_UNREADABLE",
  "INTERNAL",
  "INTERRUPTED",
  "INVALID_ARGUMENT",
  "LOSS_NAN",
  "MANIFEST_INVALID",
  "MODEL_UNSUPPORTED",
  "NOT_BUILT",
  "NOT_COMPILED",
  "NOT_FOUND",
  "NOT_READABLE",
  "NOT_WRITABLE",
  "NO_GRADIENT",
  "NUMERICS_MISMATCH",
  "OFFLINE",
  "OUTPUT_EXISTS",
  "SHAPE_MISMATCH",
  "STALE_COMPILE",
  "STORE_DAMAGED",
  "UNKNOWN_NAME",
  "WEIGHTS_INVALID",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * The one error class of the package.
 *
 * The message says where and what, then expected against received, then what to do next:
 * `cats/1.jpg: expected an image file, could not read it (EACCES: permission denied). Check the path and its rights.`
 */
export class PermafrostError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "PermafrostError";
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system error code (`ENOENT`, `ENOSPC`, ...) of anything that was thrown, if it has one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Why a file was passed over, for a list that names the file itself. */
export function reasonOf(error: unknown, path: string): string {
  if (systemCode(error) === "ENOENT") return "the file does not exist any more";
  const message = messageOf(error);
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}
