import http from "node:http";
import { encode } from "next-auth/jwt";
import superjson from "superjson";

/** A call that has ended: its name, how long it took, and what went wrong. */
export interface Call {
  name: string;
  milliseconds: number;
  error: string | null;
}

/**
 * A person's browser, as far as the site can tell: a session of their own and connections that are kept alive. It is
 * plain `node:http`, since the load shares the machine with the site and should take little of it.
 */
export class BenchClient {
  constructor(
    private readonly url: URL,
    private readonly agent: http.Agent,
    private readonly cookie: string,
    private readonly onCall: (call: Call) => void,
  ) {}

  query(name: string, input: unknown): Promise<unknown> {
    const text = encodeURIComponent(JSON.stringify(superjson.serialize(input)));
    return this.send(name, "GET", `/api/trpc/${name}?input=${text}`);
  }

  mutate(name: string, input: unknown): Promise<unknown> {
    return this.send(name, "POST", `/api/trpc/${name}`, JSON.stringify(superjson.serialize(input)));
  }

  /** Fetches a page as a browser does on a first visit. */
  async page(name: string, path: string): Promise<string> {
    return this.measured(name, "GET", path, undefined, (text) => text);
  }

  private send(name: string, method: string, path: string, body?: string): Promise<unknown> {
    return this.measured(name, method, path, body, (text) => {
      const { result } = JSON.parse(text) as { result: { data: { json: unknown } } };
      return result.data.json;
    });
  }

  private async measured<T>(
    name: string,
    method: string,
    path: string,
    body: string | undefined,
    read: (text: string) => T,
  ): Promise<T> {
    const begun = performance.now();
    const answer = await this.request(method, path, body).catch((error: Error) => ({ status: 0, text: error.message }));
    const error = answer.status === 200 ? null : `${answer.status} ${answer.text.slice(0, 300)}`;
    this.onCall({ name, milliseconds: performance.now() - begun, error });
    if (error !== null) throw new CallFailed(name, error);
    return read(answer.text);
  }

  private request(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        cookie: this.cookie,
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      };
      const { hostname, port } = this.url;
      const request = http.request({ agent: this.agent, hostname, port, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

export class CallFailed extends Error {
  constructor(name: string, reason: string) {
    super(`${name}: ${reason}`);
  }
}

/** The cookie that signing in with a password gives; it is made here, since signing in is limited by address. */
export async function sessionCookie(userId: string, secret: string): Promise<string> {
  const token = await encode({ token: { sub: userId, userId, sessionVersion: 1 }, secret, maxAge: 24 * 3600 });
  return `next-auth.session-token=${token}`;
}
