import { describe, expect, it } from "vitest";
import type { Generation } from "@/generated/prisma/client";
import type { ProjectActor } from "../access/actor";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, withTestQueue } from "../testing/test-loop";
import { startBoss } from "./boss";
import { cancelJob } from "./cancel-job";
import { performJob } from "./perform-job";
import { defineQueue, ONE_AFTER_ANOTHER, plainJob, UNFINISHED } from "./queue";
import type { QueueOfRole } from "./queues";
import { generationRows } from "./queues/generation-rows";
import { recoverJobs } from "./recover-jobs";
import type { JobHandlers } from "./serve";
import { watchJob } from "./watch-job";

withTestDatabase();
withTestQueue();

/** A queue that nobody else knows, on the rows of generations. */
const summarise = defineQueue({
  ...generationRows,
  name: "summarise",
  role: "generation",
  policy: ONE_AFTER_ANOTHER,
  beginning: "summarising",
  whenWorkerDies: "again",
  openRows: () => database().generation.findMany({ where: UNFINISHED, select: { id: true } }),
});
/** A second queue, whose jobs nobody waits for once their process died. */
const answer = defineQueue({
  ...summarise,
  name: "answer",
  whenWorkerDies: { code: "worker-died", message: "Gone.", hint: "Ask again." },
});
const queues = [summarise, answer];

async function makeRow(): Promise<{ id: string; actor: ProjectActor }> {
  const { projectId, actor, base, userId } = await makeProject();
  const { id } = await database().generation.create({
    data: {
      projectId,
      modelVersionId: base.id,
      requestedById: userId,
      purpose: "labelling",
      samples: 1,
      temperature: 1,
      topP: 1,
      maxTokens: 8,
      seed: 1,
      totalCount: 1,
    },
  });
  return { id, actor };
}
const statusOf = async (id: string) => (await database().generation.findUniqueOrThrow({ where: { id } })).status;
const never = new AbortController().signal;

describe("a queue that is described in one file", () => {
  it("is made, and gets the lost jobs of its rows again", async () => {
    const { id } = await makeRow();
    const boss = await startBoss({ works: true, queues });
    try {
      await recoverJobs(boss, "generation", [summarise]);
      expect((await boss.findJobs("summarise", { data: { id } })).map(({ state }) => state)).toEqual(["created"]);
      await recoverJobs(boss, "training", [summarise]); // the job belongs to another role
      expect(await boss.findJobs("summarise", { data: { id } })).toHaveLength(1);
      expect(await statusOf(id)).toBe("queued");
    } finally {
      await boss.stop({ graceful: false });
    }
  });

  it("fails what nobody waits for any more, with its own words", async () => {
    const { id } = await makeRow();
    const boss = await startBoss({ works: true, queues });
    try {
      await recoverJobs(boss, "generation", [answer]);
    } finally {
      await boss.stop({ graceful: false });
    }
    const row = await database().generation.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ status: "failed", errorMessage: "Gone.", errorHint: "Ask again." });
  });

  it("is performed, watched and cancelled without a line of its own", async () => {
    const { id, actor } = await makeRow();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { status } of watchJob(summarise, actor, id, never)) seen.push(status);
    })();
    const performed = await performJob(summarise, id, never, {
      work: async ({ row, say }) => {
        say(`row ${row.id}`);
        return { status: "completed", finishedAt: new Date(), activity: null };
      },
    });
    await watching;
    expect([performed, seen.at(-1)]).toEqual([true, "completed"]);
    await expect(cancelJob(summarise, actor, id)).rejects.toMatchObject({ code: "generation-finished" });
    const other = await makeRow();
    await cancelJob(summarise, other.actor, other.id);
    expect(await statusOf(other.id)).toBe("cancelled");
    expect(
      await performJob(summarise, other.id, never, { work: () => Promise.reject(new Error("not to be done")) }),
    ).toBe(false);
  });
});

describe("what the compiler asks for", () => {
  it("is every part of a queue, and a handler for each queue of a role", () => {
    const { whenWorkerDies: _, ...withoutDeath } = summarise;
    // @ts-expect-error a queue must say what becomes of a job whose process died
    defineQueue(withoutDeath);
    const { openRows: __, ...withoutRows } = summarise;
    // @ts-expect-error a queue must name the rows that are not finished
    defineQueue(withoutRows);
    // @ts-expect-error no process has this role
    defineQueue({ ...summarise, role: "summaries" });
    const update = (_db: unknown, _id: string) => Promise.reject<Generation>(new Error("not called"));
    // @ts-expect-error plain rows still lack their queue
    defineQueue(plainJob<Generation>("summary", "Generation", update));
    const handler = { atOnce: 1, perform: () => Promise.resolve() };
    // @ts-expect-error evaluate, score, export and playground are missing
    const incomplete: JobHandlers<"generation"> = { generate: handler };
    const names: QueueOfRole<"training">[] = ["train"];
    expect([Object.keys(incomplete), names]).toEqual([["generate"], ["train"]]);
  });
});
