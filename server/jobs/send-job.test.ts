import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { jobs } from "./boss";
import { sendJob } from "./send-job";

withTestDatabase();
withTestQueue();

describe("a job sent in a transaction", () => {
  it("is there with the row it belongs to", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await database().$transaction(async (tx) => {
      await tx.trainingRun.update({ where: { id: run.id }, data: { activity: "sent" } });
      await sendJob(tx, "train", { id: run.id });
    });
    const found = await (await jobs()).findJobs("train", { data: { id: run.id } });
    expect(found.map(({ state, data }) => ({ state, data }))).toEqual([{ state: "created", data: { id: run.id } }]);
  });

  it("is gone with it when the transaction fails", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    const failing = database().$transaction(async (tx) => {
      await tx.trainingRun.update({ where: { id: run.id }, data: { activity: "sent" } });
      await sendJob(tx, "train", { id: run.id });
      throw new Error("something later went wrong");
    });
    await expect(failing).rejects.toThrow("something later");
    expect(await (await jobs()).findJobs("train", { data: { id: run.id } })).toEqual([]);
    const row = await database().trainingRun.findUniqueOrThrow({ where: { id: run.id } });
    expect(row.activity).toBeNull();
  });
});
