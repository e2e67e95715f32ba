import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTestDatabase } from "@/server/testing/test-database";

withTestDatabase();

const MB = 1024 * 1024;
const PORT = 4187;
const REQUESTS = 1_000;
const AT_ONCE = 50;
const PIECE = Buffer.alloc(256 * 1024, "x");
let site: ChildProcess;

/** Requests that nobody has signed in for; each claims or sends up to 500 MB. */
const HEADS = [
  ["/api/trpc/access.readInvitation?batch=1", "content-type: application/json"],
  ["/api/trpc/labels.submit", "content-type: application/json\r\ncontent-encoding: gzip"],
  ["/api/auth/callback/credentials", "content-type: application/x-www-form-urlencoded"],
  ["/api/auth/callback/credentials", "content-type: application/json"],
  ["/login", "content-type: multipart/form-data; boundary=a"],
  ["/login", "next-action: 0000000000000000000000000000000000000000\r\ncontent-type: text/plain;charset=UTF-8"],
  ["/nowhere/at/all", "content-type: application/octet-stream"],
  ["/api/p/nowhere/imports?name=a.jsonl", "content-type: application/octet-stream"],
  ["/api/p/nowhere/labels/labels.csv", "content-type: text/plain"],
  ["/api/health", "content-type: text/plain"],
] as const;

beforeAll(async () => {
  const root = path.join(import.meta.dirname, "..");
  const env = { ...process.env, HOST: "127.0.0.1", PORT: String(PORT), NODE_ENV: "production" as const };
  site = spawn(process.execPath, [path.join(root, "scripts/serve-site.mjs")], {
    env: { ...env, NEXTAUTH_SECRET: "a secret of a test", NEXTAUTH_URL: `http://127.0.0.1:${PORT}` },
    stdio: "ignore",
    cwd: root,
  });
  const answers = () =>
    fetch(`http://127.0.0.1:${PORT}/login`).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await setTimeout(200);
}, 90_000);

afterAll(() => void site.kill("SIGKILL"));

const kilobytes = (name: "VmRSS" | "VmHWM") =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${site.pid}/status`, "utf8"))?.[1]);

/** Sends a body until it is answered, the connection ends or all of it is sent; gives the answer's first line. */
const send = (index: number, bytes: number) =>
  new Promise<string>((resolve) => {
    const [address, header] = HEADS[index % HEADS.length] ?? HEADS[0];
    const isChunked = Math.floor(index / HEADS.length) % 2 === 1;
    const length = isChunked ? "transfer-encoding: chunked" : `content-length: ${bytes}`;
    const socket = net.connect(PORT, "127.0.0.1");
    let answer = "";
    let sent = 0;
    const more = () => {
      while (answer === "" && sent < bytes) {
        const piece = PIECE.subarray(0, Math.min(PIECE.length, bytes - sent));
        sent += piece.length;
        const framed = isChunked
          ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")])
          : piece;
        if (!socket.write(framed)) return;
      }
      if (isChunked && sent >= bytes) socket.write("0\r\n\r\n");
    };
    socket.on("connect", () => {
      socket.write(
        `POST ${address} HTTP/1.1\r\nhost: 127.0.0.1:${PORT}\r\nconnection: close\r\n${header}\r\n${length}\r\n\r\n`,
      );
      more();
    });
    socket.on("drain", more);
    socket.on("data", (data) => {
      answer += data;
      socket.end();
    });
    socket.on("error", () => undefined); // the site ends connections on which more comes than it takes
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
  });

/** Keeps a number of requests on their way until all are answered. */
async function sendAll(count: number, bytes: number): Promise<string[]> {
  const answers: string[] = [];
  let next = 0;
  const one = async () => {
    while (next < count) answers.push(await send(next++, bytes));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return answers;
}

describe("bodies of people who are not signed in", () => {
  it("raise the site's memory by at most 100 MB, and none is answered with 500", async () => {
    await sendAll(200, 1_000); // loads the code of every route
    const before = kilobytes("VmRSS");
    writeFileSync(`/proc/${site.pid}/clear_refs`, "5"); // VmHWM counts from here
    const answers = await sendAll(REQUESTS, 500 * MB);
    const raised = (kilobytes("VmHWM") - before) / 1024;
    const lines = [...new Set(answers)].map(
      (line) => `${answers.filter((one) => one === line).length} × ${line || "no answer"}`,
    );
    console.log(`${lines.join("; ")}; memory rose by ${Math.round(raised)} MB`);
    expect(answers.filter((answer) => / 500 /.test(answer))).toEqual([]);
    expect(raised).toBeLessThan(100);
    expect((await fetch(`http://127.0.0.1:${PORT}/login`)).status).toBe(200);
  });

  it("are answered without a 500 where they are short and damaged, on every address", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      for (const [address, header] of HEADS)
        for (const body of ["", "{", "a=%00&b=%ff", "\0", '{"a":"\\ud800"}', "x".repeat(15_000)]) {
          const headers = Object.fromEntries(header.split("\r\n").map((line) => line.split(": ") as [string, string]));
          const response = await fetch(`http://127.0.0.1:${PORT}${address}`, {
            method,
            headers,
            body,
            redirect: "manual",
          });
          const isSick = address === "/api/health"; // no trainer runs beside this site
          expect([method, address, body.slice(0, 20), isSick || response.status < 500, response.status]).toEqual([
            ...[method, address, body.slice(0, 20), true],
            expect.any(Number),
          ]);
        }
  });

  it("are not needed for a bad address to be answered", async () => {
    for (const address of [
      ...[
        "/%00",
        "/p/%00",
        "/p/%ED%A0%80",
        "/p/a%00b/label",
        "/api/p/%00/labels/labels.csv",
        "/api/trpc/%00",
        "/api/trpc/a,b,c",
      ],
      ...[
        "/login?next=%00",
        "/invite/%00",
        "/reset/%00",
        "/invite/%ff",
        "/api/auth/callback/%00",
        "/api/auth/signin/%00",
        "/%ff",
      ],
      ...[
        `/api/trpc/${Array.from({ length: 200 }, () => "access.setupState").join(",")}?batch=1&input={}`,
        `/${"a".repeat(10_000)}`,
      ],
      ...[
        "/api/auth/callback/credentials?error=%00",
        "/api/auth/session?%00",
        "/api/auth/error?error=%00",
        "/_next/image?url=%00",
      ],
      ...[
        "/_next/data/x/%00.json",
        "/_next/static/%00",
        "/setup?token=%00",
        "/api/p/a/imports/%00/report.csv",
        "//",
        "/..%2f..%2f",
      ],
    ]) {
      const response = await fetch(`http://127.0.0.1:${PORT}${address}`, { redirect: "manual" });
      expect([address.slice(0, 60), response.status]).toEqual([address.slice(0, 60), expect.any(Number)]);
      expect(response.status, address.slice(0, 60)).toBeLessThan(500);
    }
  });
});
