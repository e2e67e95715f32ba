import { expect, it } from "vitest";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { diagnoseRun } from "./diagnose-run";

withTestDatabase();
withTestQueue();

const values = (runId: string, name: string, of: (step: number) => number, steps = 30) =>
  database().runMetric.createMany({
    data: Array.from({ length: steps }, (_, at) => ({ runId, name, step: at + 1, value: of(at + 1) })),
  });

it("reads the figures, the configuration, the data and the end of a run", async () => {
  const project = await makeProject();
  const run = await makeRun(project);
  await database().trainingRun.update({
    where: { id: run.id },
    data: {
      configuration: { method: "dpo", beta: 0.01, learningRate: 5e-5, lora: { rank: 8 } },
      status: "failed",
      step: 31,
      errorCode: "non-finite-loss",
      errorMessage: "Step 31: the loss is NaN.",
    },
  });
  await values(run.id, "loss", (step) => 0.7 - step / 100);
  for (const side of ["chosen", "rejected"]) {
    await values(run.id, `rewards/${side}`, (step) => -step / 50);
    await values(run.id, `logps/${side}`, (step) => -80 - 2 * step);
  }
  const [promptId = ""] = project.promptIds;
  const completion = (content: string) =>
    database().completion.create({ data: { projectId: project.projectId, promptId, origin: "imported", content } });
  const [long, short] = [await completion("long ".repeat(20)), await completion("short")];
  await database().datasetRecord.createMany({
    data: Array.from({ length: 20 }, (_, at) => ({
      datasetVersionId: run.datasetVersionId,
      kind: "preference" as const,
      split: "train" as const,
      line: at + 1,
      promptId,
      chosenCompletionId: at < 18 ? long.id : short.id,
      rejectedCompletionId: at < 18 ? short.id : long.id,
    })),
  });

  const { verdicts, clear, step } = await diagnoseRun({ actor: project.actor, runId: run.id });
  expect(step).toBe(31);
  expect(verdicts.map(({ name, severity }) => `${severity} ${name}`)).toEqual([
    "critical numerical-failure",
    "critical chosen-drift",
    "critical beta-too-low",
    "warning length-growth",
  ]);
  expect(verdicts.at(-1)?.evidence[0]?.text).toContain("In 90 % of 20 pairs the longer completion was chosen");
  expect(clear.map(({ name }) => name)).toContain("learning-rate-out-of-range");
});

it("a run that has not begun has no verdict", async () => {
  const project = await makeProject();
  const run = await makeRun(project);
  const { verdicts, undecided } = await diagnoseRun({ actor: project.actor, runId: run.id });
  expect(verdicts).toEqual([]);
  expect(undecided.length).toBeGreaterThan(5);
});

it("is made again only once the run or its figures changed", async () => {
  const project = await makeProject();
  const { id: runId } = await makeRun(project);
  const ask = () => diagnoseRun({ actor: project.actor, runId });
  await values(runId, "loss", (step) => 0.7 - step / 100);
  const first = await ask();
  expect(await ask()).toBe(first);

  await database().runMetric.create({ data: { runId, name: "evalLoss", step: 30, value: 0.9 } });
  const validated = await ask();
  expect(validated).not.toBe(first);
  expect(await ask()).toBe(validated);

  const errorMessage = "Step 31: the loss is NaN.";
  await database().trainingRun.update({ where: { id: runId }, data: { errorCode: "non-finite-loss", errorMessage } });
  expect((await ask()).verdicts.map(({ name }) => name)).toContain("numerical-failure");

  const other = await makeProject();
  await expect(diagnoseRun({ actor: other.actor, runId })).rejects.toMatchObject({ code: "run-not-found" });
});
