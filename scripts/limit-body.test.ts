import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBodyGate } from "./limit-body.mjs";

const MB = 1024 * 1024;
const letIn = createBodyGate({ allBytes: 2 * MB, bodyMilliseconds: 300 });
let reached = 0;
const server = http.createServer(async (request, response) => {
  if (!letIn(request, response)) return;
  reached += 1;
  let bytes = 0;
  try {
    for await (const chunk of request) bytes += chunk.length;
    response.end(String(bytes));
  } catch {
    response.destroy();
  }
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = async (path: string, body: BodyInit) => {
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return { status: response.status, text: await response.text() };
};

/** A body without a length, as a stream of pieces. */
const stream = (pieces: number, bytes: number) =>
  new ReadableStream({
    pull(controller) {
      if (pieces-- > 0) controller.enqueue(new Uint8Array(bytes));
      else controller.close();
    },
  });

/** Writes the beginning of a request by hand, and gives what is answered until the connection ends. */
const sendRaw = (text: string) =>
  new Promise<string>((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
  });

describe("the body of a request", () => {
  it("reaches the site where it is short enough, with a length or without one", async () => {
    expect(await post("/api/trpc/a", "x".repeat(MB))).toEqual({ status: 200, text: String(MB) });
    expect(await post("/api/trpc/a", stream(10, 1_000))).toEqual({ status: 200, text: "10000" });
    expect(await post("/api/auth/callback/credentials", "x".repeat(1_000))).toMatchObject({ status: 200 });
    expect((await fetch(`http://127.0.0.1:${port}/login`)).status).toBe(200);
  });

  it("is refused by its length before a byte of it is read", async () => {
    const before = reached;
    const answer = await sendRaw(`POST /api/trpc/a HTTP/1.1\r\nHost: a\r\nContent-Length: ${500 * MB}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1))).toMatchObject({
      error: { json: { data: { httpStatus: 413 } } },
    });
    for (const path of ["/api/auth/signin", "/login", "/nowhere", "/api/health", "/api/p/a/importsx"])
      expect(await sendRaw(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 413/,
      );
    expect(reached).toBe(before);
  });

  it("is ended where it names no length and grows too long", async () => {
    const chunk = `${(600_000).toString(16)}\r\n${"x".repeat(600_000)}\r\n`;
    const head = "POST /api/trpc/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(await sendRaw(head + chunk + chunk)).toMatch(/^HTTP\/1\.1 413/);
  });

  it("is not looked for where the address can't be read", async () => {
    expect(await sendRaw("GET /p/%ED%A0%80 HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(/^HTTP\/1\.1 400/);
  });

  it("of an upload may be long", async () => {
    expect(await post("/api/p/a/imports?name=a", stream(30, 100_000))).toEqual({ status: 200, text: "3000000" });
  });

  it("is ended where it does not arrive", async () => {
    const answer = await sendRaw("POST /api/trpc/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
  });

  it("waits for its turn where many long ones are on their way, and short ones do not", async () => {
    const head = `POST /api/trpc/a HTTP/1.1\r\nHost: a\r\nContent-Length: ${MB}\r\n\r\n`;
    const slow = [sendRaw(head), sendRaw(head)];
    await expect
      .poll(async () => (await post("/api/trpc/a", "x".repeat(MB)).catch(() => ({ status: 503 }))).status)
      .toBe(503);
    expect(await post("/api/trpc/a", "short")).toMatchObject({ status: 200 });
    await Promise.all(slow);
    await expect
      .poll(async () => (await post("/api/trpc/a", "x".repeat(MB)).catch(() => ({ status: 0 }))).status)
      .toBe(200);
  });
});
