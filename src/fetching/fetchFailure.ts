import { systemCode } from "../base/errors.ts";

/** Why one try did not succeed. */
export class FetchFailure extends Error {
  /** Another try may succeed. */
  readonly isPassing: boolean;
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** Milliseconds that the server asks to wait. */
  readonly wait: number | undefined;

  constructor(
    message: string,
    {
      isPassing = false,
      status,
      wait,
      cause,
    }: {
      readonly isPassing?: boolean;
      readonly status?: number;
      readonly wait?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.isPassing = isPassing;
    this.status = status;
    this.wait = wait;
  }
}

/** What an answer that brings no file means. */
export function statusFailure(
  status: number,
  where: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): FetchFailure {
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  const meaning = meanings[status] ?? (status >= 500 ? "the server has a problem" : "no file came");
  const retryAfter = headers["retry-after"];
  const wait = typeof retryAfter === "string" ? retryAfterMs(retryAfter) : undefined;
  return new FetchFailure(`${where} answered ${status} (${meaning})`, { isPassing, status, wait });
}

const meanings: Readonly<Record<number, string>> = {
  401: "it wants to know who asks",
  403: "not allowed",
  404: "not there",
  407: "the proxy wants to know who asks",
  410: "no longer there",
  416: "that part is not there",
  429: "too many requests",
};

/** `120` or an HTTP date, in milliseconds from now. */
function retryAfterMs(text: string): number | undefined {
  const milliseconds = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** Errors of the network that are worth another try. */
const passing = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);

/** Anything that ended a try, with whether another one may succeed. */
export function asFailure(error: unknown, host: string): unknown {
  if (error instanceof FetchFailure) return error;
  const code = systemCode(error);
  if (code === undefined) return error;
  const told = error instanceof Error && error.message !== "" ? error.message : code;
  const message = `${host}: ${told === "aborted" ? "the connection broke off" : told}`;
  if (passing.has(code) || code.startsWith("HPE_"))
    return new FetchFailure(message, { isPassing: true, cause: error });
  if (code === "ENOTFOUND")
    return new FetchFailure(`${host}: there is no such host, or no network`, { cause: error });
  if (/^(EPROTO|ERR_TLS|ERR_SSL)/.test(code) || /CERT|SELF_SIGNED|UNABLE_TO/.test(code))
    return new FetchFailure(`${message} (${code})`, { cause: error });
  return error;
}
