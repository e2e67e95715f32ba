import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { REWARD_REPORT_FILE } from "@/domain/runs/reward-report";
import { shareOf } from "@/domain/statistics/share";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { estimate, reportOf } from "../testing/test-report";
import { correctProbe } from "./correct-probe";
import { readRewardReport } from "./read-reward-report";

withTestDatabase();
withTestQueue();

async function makeReported(reportFor: (ids: { promptId: string; completionId: string; userId: string }) => unknown) {
  const project = await makeProject();
  const run = await makeRun(project);
  const [promptId = ""] = project.promptIds;
  const completion = await database().completion.create({
    data: { projectId: project.projectId, promptId, origin: "imported", content: "A plain answer." },
  });
  const folder = dataPath(run.folder);
  await mkdir(folder, { recursive: true });
  const report = reportFor({ promptId, completionId: completion.id, userId: project.userId });
  await writeFile(path.join(folder, REWARD_REPORT_FILE), JSON.stringify(report));
  return { ...project, runId: run.id, promptId, completionId: completion.id };
}

describe("the report of a reward run", () => {
  it("is there once the run has written it, with its annotators by name", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    expect(await readRewardReport({ actor: project.actor, runId: run.id })).toBeNull();
    const reported = await makeReported(({ userId }) => reportOf({}, userId));
    const report = await readRewardReport(reported);
    expect(report?.accuracy.overall).toEqual(shareOf(7, 10));
    expect(report?.accuracy.byAnnotator).toMatchObject([{ key: reported.userId, title: "Ada" }]);
  });

  it("names the field that is wrong in a broken one", async () => {
    const reported = await makeReported(() => ({ ...reportOf(), heldOut: { pairs: -1, prompts: 1, split: "all" } }));
    await expect(readRewardReport(reported)).rejects.toMatchObject({
      code: "reward-report-invalid",
      userMessage: expect.stringContaining("heldOut.pairs"),
    });
  });
});

describe("the correction of a failing probe", () => {
  const correction = (promptId: string | null, completionId: string | null) => ({
    promptId,
    completionId,
    prompt: [],
    completion: "A plain answer.",
    exploit: "A plain answer. Indeed it is.",
    shift: 1,
  });
  const failing = (...corrections: ReturnType<typeof correction>[]) =>
    reportOf({
      probes: [
        { name: "padded", shift: estimate, shiftInDeviations: 1, raised: shareOf(9, 10), verdict: "fail", corrections },
      ],
    });

  it("is a comparison of the completion with its exploit, made once, with its lineage", async () => {
    const reported = await makeReported(({ promptId, completionId }) =>
      failing(correction(promptId, completionId), correction(null, null), correction(completionId, promptId)),
    );
    expect(await correctProbe({ ...reported, probe: "padded" })).toEqual({ created: 1, existing: 0, unknown: 2 });
    expect(await correctProbe({ ...reported, probe: "padded" })).toEqual({ created: 0, existing: 1, unknown: 2 });
    const tasks = await database().task.findMany({
      where: { projectId: reported.projectId },
      include: { completions: { orderBy: { position: "asc" }, include: { completion: true } } },
    });
    expect(tasks).toMatchObject([
      {
        kind: "comparison",
        promptId: reported.promptId,
        completions: [
          { completionId: reported.completionId },
          {
            completion: {
              origin: "probe",
              content: "A plain answer. Indeed it is.",
              probeRunId: reported.runId,
              probeOfId: reported.completionId,
            },
          },
        ],
      },
    ]);
  });

  it("needs something to correct", async () => {
    const reported = await makeReported(({ promptId, completionId }) => failing(correction(promptId, completionId)));
    await expect(correctProbe({ ...reported, probe: "bulleted" })).rejects.toMatchObject({
      code: "nothing-to-correct",
    });
  });
});
