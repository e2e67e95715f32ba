import { describe, expect, it } from "vitest";
import { listen } from "../jobs/listen";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { database } from "./client";

// The script's last step fails where pg has warned of a query on a connection that was busy.
withTestDatabase();
withTestQueue();

describe("a connection", () => {
  it("has one query at a time in a transaction that asks for several, and goes on after one that failed", async () => {
    const { id } = await makeProject(await makeUser("Ada"));
    const read = database().$transaction(async (tx) => {
      const [project, ...counts] = await Promise.all([
        tx.project.findUniqueOrThrow({ where: { id }, include: { createdBy: true, memberships: true, prompts: true } }),
        tx.task.count(),
        tx.label.count(),
        tx.prompt.count(),
      ]);
      return { project, counts };
    });
    expect(await read).toMatchObject({ project: { id, createdBy: { name: "Ada" }, prompts: [] }, counts: [0, 0, 0] });
    const fails = database().$transaction(async (tx) => {
      const wrong = tx.$queryRaw`SELECT no_such_column`;
      await expect(wrong).rejects.toThrow("no_such_column");
      await tx.prompt.count();
    });
    await expect(fails).rejects.toThrow("aborted");
  });

  it("has one query at a time where many begin to listen at once", async () => {
    const stop = new AbortController();
    const first = listen("first", stop.signal);
    await first.next();
    const others = Array.from({ length: 5 }, (_, index) => listen(`other-${index}`, stop.signal));
    const events = await Promise.all(others.map((other) => other.next()));
    expect(events.map(({ value }) => value)).toEqual(others.map(() => ({ type: "ready" })));
    stop.abort();
    await Promise.all([first, ...others].map((one) => one.next()));
  });
});
