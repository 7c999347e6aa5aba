import { BlockList, isIP } from "node:net";
import type { Environment } from "../base/cacheFolder.ts";
import { PermafrostError } from "../base/errors.ts";
import { nonEmpty } from "./settings.ts";

/**
 * The proxy that the environment names for an address: HTTPS_PROXY or HTTP_PROXY by its scheme, else ALL_PROXY, unless NO_PROXY
 * has its host; lower-case names count before upper-case ones, as in curl.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a proxy of another kind than http and https.
 */
export function proxyFor({ protocol, hostname, port }: URL, environment: Environment): URL | undefined {
  const variable = (name: string) => nonEmpty(environment[name]) ?? nonEmpty(environment[name.toUpperCase()]);
  const given = variable(`${protocol.slice(0, -1)}_proxy`) ?? variable("all_proxy");
  if (given === undefined) return undefined;
  const at = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  if (isExcepted(hostname.replace(/^\[|\]$/g, ""), at, variable("no_proxy") ?? "")) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") return proxy;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    "proxy: expected an http:// or https:// address in the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY), got another kind. " +
      "Set one of these, or name the host in NO_PROXY.",
  );
}

/** What a proxy with a name and a password in its address is told. */
export function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(text).toString("base64")}` };
}

/** Names count for themselves and all below them; `*` for everything; networks as 10.0.0.0/8; each with a port if it has one. */
function isExcepted(host: string, port: string, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === "*") return true;
    if (isIP(entry) === 6) return entry === host;
    const [, name = "", only] = /^\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (name === "" || (only !== undefined && only !== port)) return false;
    if (name.includes("/")) return isInNetwork(host, name);
    return host.toLowerCase() === name.toLowerCase() || host.toLowerCase().endsWith(`.${name.toLowerCase()}`);
  });
}

function isInNetwork(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const kind = isIP(host);
  if (kind === 0 || kind !== isIP(address) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (kind === 4 ? 32 : 128)) return false;
  const family = kind === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(host, family);
}
