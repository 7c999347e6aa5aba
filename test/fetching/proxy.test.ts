import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { proxyFor } from "../../src/fetching/proxy.ts";
import { publishedFile } from "../../src/fetching/publishedFile.ts";
import { localServer, sendFile } from "../support/localServer.ts";
import { temporaryFolder } from "../support/pictures.ts";

const proxyOf = (address: string, environment: Record<string, string>) =>
  proxyFor(new URL(address), environment)?.href;

describe("the proxy of an address", () => {
  it("follows from its scheme", () => {
    const environment = { HTTPS_PROXY: "http://secure:1", http_proxy: "plain:2", ALL_PROXY: "http://all:3" };
    expect(proxyOf("https://example.org/a", environment)).toBe("http://secure:1/");
    expect(proxyOf("http://example.org/a", environment)).toBe("http://plain:2/");
    expect(proxyOf("https://example.org", { ALL_PROXY: "http://all:3" })).toBe("http://all:3/");
    expect(proxyOf("https://example.org", { HTTPS_PROXY: "" })).toBeUndefined();
    expect(() => proxyOf("https://example.org", { HTTPS_PROXY: "socks5://a:1" })).toThrow(
      "http:// or https://",
    );
  });

  it.each([
    ["https://example.org/", "example.org", true],
    ["https://www.example.org/", "example.org", true],
    ["https://www.example.org/", ".example.org", true],
    ["https://badexample.org/", "example.org", false],
    ["https://example.org/", "*", true],
    ["https://example.org:8443/", "example.org:8443", true],
    ["https://example.org/", "example.org:8443", false],
    ["https://example.org/", "example.org:443", true],
    ["http://10.1.2.3/", "10.0.0.0/8", true],
    ["http://11.1.2.3/", "10.0.0.0/8, 11.1.2.4", false],
    ["http://[::1]/", "localhost,::1", true],
    ["http://EXAMPLE.org/", " a.b , Example.Org", true],
    ["https://example.org/", ",,", false],
  ])("%s, with NO_PROXY=%s: none is %s", (address, list, isNone) => {
    const environment = { HTTPS_PROXY: "http://p:1", HTTP_PROXY: "http://p:1", NO_PROXY: list };
    expect(proxyOf(address, environment) === undefined).toBe(isNone);
  });
});

describe("a proxy", () => {
  const content = Buffer.from("weights");

  it("is asked for the whole address, with its own name and password", async () => {
    await using server = await localServer((request, response) => sendFile(request, response, content));
    await using proxy = await localServer((request, response) => {
      const { host, pathname } = new URL(request.url!);
      const isOurs = `http://${host}` === server.address && pathname === "/w.h5";
      sendFile(request, response, isOurs ? content : Buffer.from("?"));
    });
    const folder = await temporaryFolder("proxy");
    const environment = { HTTP_PROXY: proxy.address.replace("//", "//me:pass@") };
    const mirror = server.address.replace("//", "//name:secret@");
    const file = await publishedFile({ file: "w.h5", origin: "" }, { folder, mirror, environment });
    expect(file.bytes).toBe(content.length);
    expect(server.requests).toEqual([]);
    expect(proxy.requests[0]!.path).toBe(`${server.address}/w.h5`);
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    expect(proxy.requests[0]!.headers["proxy-authorization"]).toBe(basic("me:pass"));
    expect(proxy.requests[0]!.headers.authorization).toBe(basic("name:secret"));
  });

  it("is asked for a tunnel to an encrypted address, and told the host alone", async () => {
    const seen: string[] = [];
    const proxy = createServer();
    proxy.on("connect", ({ url, headers }, client) => {
      seen.push(`${url} ${headers.authorization}`);
      // A server that does not speak TLS: the tunnel is what this is about.
      const server = connect(plainPort, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(server).pipe(client);
      });
      server.on("error", () => client.destroy());
      client.on("error", () => server.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    await using plain = await localServer((request, response) => sendFile(request, response, content));
    const plainPort = Number(new URL(plain.address).port);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const folder = await temporaryFolder("proxy");
    const fetching = publishedFile(
      { file: "w.h5", origin: "https://weights.example.org/" },
      { folder, environment, patience: { attempts: 1 } },
    );
    await expect(fetching).rejects.toThrow(/weights\.example\.org: .*wrong version number/s);
    expect(seen).toEqual(["weights.example.org:443 undefined"]);
    expect(plain.requests).toEqual([]);
    await new Promise((resolve) => proxy.close(resolve));
  });

  it("that refuses a tunnel is named", async () => {
    const proxy = createServer();
    proxy.on("connect", (_request, client) => client.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const folder = await temporaryFolder("proxy");
    const fetching = publishedFile(
      { file: "w.h5", origin: "https://weights.example.org/" },
      { folder, environment: { HTTPS_PROXY: `http://${host}` }, patience: { attempts: 1 } },
    );
    await expect(fetching).rejects.toThrow(
      `asked for a connection to weights.example.org:443, the proxy ${host} answered 403 (not allowed)`,
    );
    await new Promise((resolve) => proxy.close(resolve));
  });
});
