import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";

const load = () => import("./client-address.mjs");

describe("the address of a client", () => {
  it("is the socket's, whatever the headers say, unless a proxy is trusted", async () => {
    const { addressOf, readTrustedProxies } = await load();
    const nobody = readTrustedProxies("");
    for (const said of [undefined, "", "10.0.0.1", "1.2.3.4, 5.6.7.8", "not an address", ["1.1.1.1", "2.2.2.2"]])
      expect(addressOf("192.0.2.7", said, nobody)).toBe("192.0.2.7");
    expect(addressOf("::ffff:192.0.2.7", "10.0.0.1", nobody)).toBe("192.0.2.7");
    expect(addressOf(undefined, "10.0.0.1", nobody)).toBe("unknown");
  });

  it("is what the last trusted proxy saw, not what the client told the first one", async () => {
    const { addressOf, readTrustedProxies } = await load();
    const proxies = readTrustedProxies("127.0.0.1, 10.0.0.0/8 ::1 fd00::/8");
    expect(addressOf("127.0.0.1", "198.51.100.1", proxies)).toBe("198.51.100.1");
    expect(addressOf("127.0.0.1", "6.6.6.6, 198.51.100.1", proxies)).toBe("198.51.100.1");
    expect(addressOf("::ffff:127.0.0.1", "6.6.6.6, 198.51.100.1, 10.9.9.9", proxies)).toBe("198.51.100.1");
    expect(addressOf("fd00::2", "[2001:db8::1]:4711", proxies)).toBe("2001:db8::1");
    expect(addressOf("127.0.0.1", "198.51.100.1:8080", proxies)).toBe("198.51.100.1");
    expect(addressOf("127.0.0.1", "nonsense", proxies)).toBe("127.0.0.1");
    expect(addressOf("127.0.0.1", undefined, proxies)).toBe("127.0.0.1");
    expect(addressOf("192.0.2.7", "198.51.100.1", proxies)).toBe("192.0.2.7");
  });

  it("is asked of proxies that are written as addresses or networks; anything else is refused by name", async () => {
    const { readTrustedProxies } = await load();
    for (const wrong of ["proxy.example", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.1/8/8", "::1/129", "*"])
      expect(() => readTrustedProxies(`10.0.0.1,${wrong}`)).toThrow(wrong);
  });
});

it("an HTTP server stamps every request anew, and keeps what only a proxy may say from anybody else", async () => {
  const { readTrustedProxies, stampAddress } = await load();
  let proxies = readTrustedProxies("");
  const server = http.createServer((request, response) => {
    stampAddress(request, proxies);
    response.end(JSON.stringify(request.headers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ask = async () => {
    const headers = {
      "x-tuneloop-address": "6.6.6.6",
      "x-forwarded-for": "7.7.7.7",
      "x-forwarded-host": "evil.example",
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return (await (await fetch(url, { headers })).json()) as Record<string, string>;
  };
  try {
    const direct = await ask();
    expect(direct).toMatchObject({ "x-tuneloop-address": "127.0.0.1" });
    expect(direct["x-forwarded-for"] ?? direct["x-forwarded-host"]).toBeUndefined();
    proxies = readTrustedProxies("127.0.0.0/8");
    expect(await ask()).toMatchObject({ "x-tuneloop-address": "7.7.7.7", "x-forwarded-host": "evil.example" });
  } finally {
    server.close();
  }
});
