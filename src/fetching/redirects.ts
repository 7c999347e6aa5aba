import { FetchFailure } from "./fetchFailure.ts";
import { type HttpAnswer, type HttpRequest, httpRequest } from "./httpRequest.ts";

const mostRedirects = 10;

/**
 * A request that goes where it is redirected to. Secrets stay with the host they were for: a redirect to another origin takes no
 * `Authorization` along, and nothing goes from https to http.
 *
 * @param follows - Whether to follow a redirect; otherwise it is the answer itself. Default: always.
 * @throws FetchFailure for circles, too many redirects, and addresses that are not to be trusted.
 */
export async function requestFollowing(
  start: URL,
  request: HttpRequest,
  follows: (redirect: HttpAnswer) => boolean = () => true,
): Promise<HttpAnswer> {
  const seen = new Set<string>();
  let url = start;
  let headers = request.headers ?? {};
  for (;;) {
    seen.add(url.href);
    const answer = await httpRequest(url, { ...request, headers });
    const next = redirectOf(answer);
    if (next === undefined || !follows(answer)) return answer;
    answer.close();
    checkNext(url, next, seen);
    if (next.origin !== url.origin) headers = withoutSecrets(headers);
    url = next;
  }
}

function redirectOf({ status, headers, url }: HttpAnswer): URL | undefined {
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  const { location } = headers;
  if (!isRedirect) return undefined;
  if (location !== undefined && URL.canParse(location, url.href)) return new URL(location, url);
  throw new FetchFailure(`${shownAddress(url)} redirects (${status}) without an address that can be read`);
}

function checkNext(from: URL, to: URL, seen: ReadonlySet<string>): void {
  if (seen.has(to.href)) throw new FetchFailure(`${shownAddress(to)} redirects in a circle`);
  if (seen.size > mostRedirects)
    throw new FetchFailure(`${shownAddress(from)} redirects more than ${mostRedirects} times`);
  const isTrusted = to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:");
  if (!isTrusted) {
    throw new FetchFailure(
      `${shownAddress(from)} redirects to ${to.protocol}//${to.host}, which is not encrypted; that is not followed`,
    );
  }
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)),
  );
}

/** An address as it may be shown: without name, password and the signatures in its query. */
export function shownAddress({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}
