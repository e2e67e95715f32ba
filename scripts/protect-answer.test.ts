import http, { type RequestListener } from "node:http";
import net, { type AddressInfo } from "node:net";
import { expect, it } from "vitest";

async function serve(isHttps: boolean, write: RequestListener) {
  const { protectAnswer, refuseBrokenRequest } = await import("./protect-answer.mjs");
  const server = http.createServer((request, response) => {
    protectAnswer(response, { isHttps });
    write(request, response);
  });
  server.on("clientError", refuseBrokenRequest);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

const NOTHING = /^default-src 'none'/;

it.each<[string, RequestListener, RegExp]>([
  ["one that only ends", (_, response) => void response.end("x"), NOTHING],
  [
    "one that is written piece by piece",
    (_, response) => {
      response.write("x");
      response.end();
    },
    NOTHING,
  ],
  ["a refusal", (_, response) => void response.writeHead(500, { "content-type": "text/plain" }).end(), NOTHING],
  ["headers in a list", (_, response) => void response.writeHead(404, ["X-Own", "1"]).end(), NOTHING],
  [
    "a page with a policy of its own",
    (_, response) => void response.writeHead(200, "OK", { "content-security-policy": "default-src 'self'" }).end(),
    /^default-src 'self'$/,
  ],
  [
    "a policy that was set before",
    (_, response) => void response.setHeader("Content-Security-Policy", "default-src 'self'").end(),
    /^default-src 'self'$/,
  ],
])("protects %s", async (_, write, policy) => {
  const { server, port } = await serve(true, write);
  try {
    const { headers } = await fetch(`http://127.0.0.1:${port}/`);
    expect(headers.get("content-security-policy")).toMatch(policy);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  } finally {
    server.close();
  }
});

it("asks for https only where the site has it, and protects the refusal of what is no HTTP", async () => {
  const { server, port } = await serve(false, (_, response) => void response.end());
  try {
    expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get("strict-transport-security")).toBeNull();
    const answer = await new Promise<string>((resolve) => {
      let said = "";
      const socket = net.connect(port, "127.0.0.1", () => socket.write("GARBAGE\r\n\r\n"));
      socket.on("data", (piece) => {
        said += piece;
      });
      socket.on("close", () => resolve(said));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/Content-Security-Policy: default-src 'none'/);
  } finally {
    server.close();
  }
});
