import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { listen } from "./listen";
import { notify } from "./notify";

withTestDatabase();
withTestQueue();

const say = (channel: string, type: string) => notify(database(), channel, { type });

describe("listening", () => {
  it("says when it is ready and gives what is said afterwards, each channel its own", async () => {
    const stop = new AbortController();
    const one = listen("channel-one", stop.signal);
    const two = listen("channel-two", stop.signal);
    expect((await one.next()).value).toEqual({ type: "ready" });
    expect((await two.next()).value).toEqual({ type: "ready" });
    await say("channel-two", "to two");
    await say("channel-one", "to one");
    expect((await one.next()).value).toEqual({ type: "message", payload: '{"type":"to one"}' });
    expect((await two.next()).value).toEqual({ type: "message", payload: '{"type":"to two"}' });
    stop.abort();
    expect((await one.next()).done).toBe(true);
    expect((await two.next()).done).toBe(true);
  });

  it("connects again after the connection is lost, and says that something may have been missed", async () => {
    const stop = new AbortController();
    const events = listen("channel-three", stop.signal);
    await events.next();
    const next = events.next();
    await database().$queryRaw`
      SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
      WHERE query LIKE 'LISTEN "channel-three"%' AND pid <> pg_backend_pid()`;
    expect((await next).value).toEqual({ type: "ready" });
    await say("channel-three", "after");
    expect((await events.next()).value).toEqual({ type: "message", payload: '{"type":"after"}' });
    stop.abort();
    await events.next();
  });

  it("asks to read the rows where a message is too long for a notification", async () => {
    const stop = new AbortController();
    const events = listen("channel-four", stop.signal);
    await events.next();
    await say("channel-four", "é".repeat(5000));
    expect((await events.next()).value).toEqual({ type: "message", payload: '{"type":"read-again"}' });
    stop.abort();
    await events.next();
  });
});
