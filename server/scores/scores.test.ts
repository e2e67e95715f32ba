import { describe, expect, it } from "vitest";
import type { ScoreCompletions } from "@/domain/scores/score-completions";
import { database } from "../database/client";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { cancelJob } from "../jobs/cancel-job";
import { score as scoreQueue } from "../jobs/queues/score";
import { watchJob } from "../jobs/watch-job";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { listTasks } from "../tasks/list-tasks";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { fakeScorer, gate, withTestQueue } from "../testing/test-loop";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { measureAgreement } from "./measure-agreement";
import { performScoring } from "./perform-scoring";
import type { ScoringRow } from "./scoring-row";
import { startScoring } from "./start-scoring";
import { summariseScores } from "./summarise-scores";

withTestDatabase();
withTestQueue();

const never = new AbortController().signal;

async function makeScoredProject({ tasks = 3 } = {}) {
  const admin = await makeUser("Ada");
  const project = await makeProject(admin);
  await makeComparisonTasks(project, { count: tasks });
  const base = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
  const model = await database().modelVersion.create({
    data: {
      projectId: project.id,
      name: "judge",
      kind: "reward",
      artifactKind: "adapter",
      artifact: "runs/x/adapter",
      parentId: base.id,
    },
  });
  const actor = actorIn(project.id, admin.id);
  return { projectId: project.id, userId: admin.id, actor, modelVersionId: model.id, base };
}
type Scored = Awaited<ReturnType<typeof makeScoredProject>>;

const read = (id: string) => database().scoring.findUniqueOrThrow({ where: { id } });
const scoresOf = ({ modelVersionId }: Scored) =>
  database().rewardScore.findMany({ where: { modelVersionId }, include: { completion: true } });
/** The text "first answer to …" gets 1, "second answer to …" gets 2. */
const secondIsBetter = fakeScorer((content) => (content.startsWith("first") ? 1 : 2)).scoreCompletions;
const score = async (project: Scored, scoreCompletions: ScoreCompletions = secondIsBetter) => {
  const { scoringId } = await startScoring(project);
  await performScoring(scoringId, { scoreCompletions, signal: never });
  return scoringId;
};

describe("a scoring", () => {
  it("gives every completion of the tasks its score, once, with the request it came from", async () => {
    const project = await makeScoredProject();
    const scoringId = await score(project);
    expect(await read(scoringId)).toMatchObject({ status: "completed", doneCount: 6, totalCount: 6, activity: null });
    const scores = await scoresOf(project);
    expect(scores).toHaveLength(6);
    for (const { score: value, completion, scoringId: from } of scores) {
      expect(value).toBe(completion.content.startsWith("first") ? 1 : 2);
      expect(from).toBe(scoringId);
    }
    await expect(startScoring(project)).rejects.toMatchObject({ code: "nothing-to-score" });
    const summary = await summariseScores(project);
    expect(summary).toMatchObject({ total: 6, scored: 6, scoring: { id: scoringId, status: "completed" } });
  });

  it("goes on with what is missing after its worker died", async () => {
    const project = await makeScoredProject({ tasks: 40 });
    const { scoringId } = await startScoring(project);
    const stop = new AbortController();
    let scored = 0;
    const dies = fakeScorer(() => {
      if (++scored > 40) stop.abort(new Error("the worker ends"));
      return 0;
    });
    await expect(
      performScoring(scoringId, { scoreCompletions: dies.scoreCompletions, signal: stop.signal }),
    ).rejects.toThrow("the worker ends");
    expect(await read(scoringId)).toMatchObject({ status: "queued", doneCount: 32 });
    const { scoreCompletions, asked } = fakeScorer(() => 0);
    await performScoring(scoringId, { scoreCompletions, signal: never });
    expect(asked.flat()).toHaveLength(48);
    expect(await read(scoringId)).toMatchObject({ status: "completed", doneCount: 80 });
  });

  it("leaves out what the model cannot take and says so", async () => {
    const project = await makeScoredProject();
    const scoringId = await score(
      project,
      fakeScorer((content) => (content.startsWith("first") ? undefined : 3)).scoreCompletions,
    );
    expect(await read(scoringId)).toMatchObject({
      status: "completed",
      doneCount: 3,
      errorMessage: "3 completions were left out: it has 9000 tokens",
    });
  });

  it("of a prompt takes that prompt's completions alone", async () => {
    const project = await makeScoredProject();
    const prompt = await database().prompt.findFirstOrThrow({ where: { projectId: project.projectId } });
    const { scoringId } = await startScoring({ ...project, promptId: prompt.id });
    await performScoring(scoringId, { scoreCompletions: secondIsBetter, signal: never });
    expect((await scoresOf(project)).map(({ completion }) => completion.promptId)).toEqual([prompt.id, prompt.id]);
  });

  it("is not started twice, and ends when a person says so", async () => {
    const project = await makeScoredProject();
    const [one, two] = await Promise.all([startScoring(project), startScoring(project)]);
    expect(one).toEqual(two);
    const begun = gate();
    const performing = performScoring(one.scoringId, {
      signal: never,
      scoreCompletions: async function* ({ signal }) {
        begun.open();
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        yield { type: "score", completion: 0, score: 0 };
      },
    });
    const states: ScoringRow[] = [];
    const watching = (async () => {
      for await (const state of watchJob(scoreQueue, project.actor, one.scoringId, never)) states.push(state);
    })();
    await begun.passed;
    await cancelJob(scoreQueue, project.actor, one.scoringId);
    await performing;
    await watching;
    expect(states.at(-1)).toMatchObject({ status: "cancelled", doneCount: 0 });
    expect(await scoresOf(project)).toEqual([]);
  });

  it("is by a reward model only", async () => {
    const project = await makeScoredProject();
    await expect(startScoring({ ...project, modelVersionId: project.base.id })).rejects.toMatchObject({
      code: "model-scores-nothing",
    });
  });
});

describe("the tasks table", () => {
  it("shows a score of each completion, and sorts by the gap between them, page by page", async () => {
    const project = await makeScoredProject({ tasks: 5 });
    const gaps = [3, 0, 1, 1, 2];
    const tasks = await database().task.findMany({
      where: { projectId: project.projectId },
      orderBy: { id: "asc" },
      include: { completions: { orderBy: { position: "asc" }, include: { completion: true } } },
    });
    const scoreOf = new Map(
      tasks.flatMap(({ completions: [one, two] }, i) => [
        [one?.completion.content, 10],
        [two?.completion.content, 10 - (gaps[i] ?? 0)],
      ]),
    );
    await score(project, fakeScorer((content) => scoreOf.get(content)).scoreCompletions);
    await makeComparisonTasks({ id: project.projectId, createdById: project.userId }, { count: 1 }); // the completion is not scored

    const read = async (order: "closest" | "widest" | "newest") => {
      const input = { actor: project.actor, rewardModelId: project.modelVersionId, order, limit: 2 };
      const pages = [await listTasks(input)];
      for (let next = pages[0]?.nextCursor; next; next = pages.at(-1)?.nextCursor)
        pages.push(await listTasks({ ...input, cursor: next }));
      return pages.flatMap(({ rows }) => rows.map(({ completions: [one, two] }) => gapOf(one?.score, two?.score)));
    };
    const gapOf = (one: number | null = null, two: number | null = null) => one !== null && two !== null && one - two;
    expect(await read("closest")).toEqual([0, 1, 1, 2, 3, false]);
    expect(await read("widest")).toEqual([3, 2, 1, 1, 0, false]);
    expect(await read("newest")).toEqual([false, ...[...gaps].reverse()]);
  });
});

describe("agreement with the people", () => {
  /** Labels the first `choices.length` tasks: true chooses the completion that the fake model scores higher. */
  async function label(project: Scored, choices: boolean[]) {
    for (const agree of choices) {
      const task = await nextTask({ ...project, exclude: [] });
      if (!task) throw new Error("no task");
      const better = task.completions.findIndex(({ content }) => content.startsWith("second"));
      const order = agree === (better === 0) ? task.completions : [...task.completions].reverse();
      await submitLabel({
        ...project,
        submission: {
          ...chooseFirst({ taskId: task.taskId, completions: order }),
          shownOrder: task.completions.map(({ id }) => id),
        },
      });
    }
  }

  it("is the share of labelled pairs in the same order, apart for what the model was trained on", async () => {
    const project = await makeScoredProject({ tasks: 8 });
    await label(project, [true, true, false]);
    await score(project);
    const kept = await measureAgreement(project);
    expect(kept).toMatchObject({
      content: { heldOut: { count: 2, of: 3 }, trainedOn: { of: 0, value: null }, disagreedTasks: 1 },
      isCurrent: true,
    });
    expect(await measureAgreement(project)).toEqual(kept);
    const disagreed = await database().rewardDisagreement.findMany({
      where: { task: { projectId: project.projectId } },
    });
    for (const order of ["newest", "closest"] as const) {
      const page = await listTasks({
        actor: project.actor,
        rewardModelId: project.modelVersionId,
        disagreed: true,
        order,
        limit: 50,
      });
      expect(page.rows.map(({ id }) => id)).toEqual(disagreed.map(({ taskId }) => taskId));
      expect(page.counts).toEqual({ open: 0, done: 1, archived: 0 });
    }

    // The model's run learned from those three tasks; what is labelled afterwards is new to it.
    await database().prompt.updateMany({ where: { projectId: project.projectId }, data: { split: "train" } });
    const dataset = await createDatasetVersion(project);
    const run = await database().trainingRun.create({
      data: {
        projectId: project.projectId,
        number: 1,
        method: "reward",
        datasetVersionId: dataset.id,
        baseModelVersionId: project.base.id,
        configuration: {},
        folder: "runs/1",
        requestedById: project.userId,
      },
    });
    await database().modelVersion.update({ where: { id: project.modelVersionId }, data: { trainingRunId: run.id } });
    await label(project, [true, false]);
    expect((await measureAgreement(project)).content).toMatchObject({
      trainedOn: { count: 2, of: 3 },
      heldOut: { count: 1, of: 2 },
    });
  });

  it("leaves out pairs without scores", async () => {
    const project = await makeScoredProject();
    await label(project, [true]);
    expect((await measureAgreement(project)).content.heldOut).toMatchObject({ of: 0, value: null });
  });
});
