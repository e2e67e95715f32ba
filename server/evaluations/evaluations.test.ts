import { describe, expect, it } from "vitest";
import type { CapabilityResult } from "@/domain/evaluation/capability-suite";
import type { EvaluateModel } from "@/domain/evaluation/evaluate-model";
import { SUITE_NAMES, type SuiteName, suiteOf } from "@/domain/evaluation/suites";
import { shareOf } from "@/domain/statistics/share";
import { database } from "../database/client";
import { cancelJob } from "../jobs/cancel-job";
import { evaluate } from "../jobs/queues/evaluate";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeUser } from "../testing/test-rows";
import { listEvaluations } from "./evaluation-row";
import { performEvaluation } from "./perform-evaluation";
import { startEvaluation } from "./start-evaluation";

withTestDatabase();

async function scene() {
  const admin = await makeUser("Ada");
  const project = await makeProject(admin);
  const model = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
  const by = { actor: actorIn(project.id, admin.id), modelVersionId: model.id };
  return { project, model, by };
}

/** Makes a model that answers rightly wherever `isRight` says so. */
function fakeModel(isRight: (question: string) => boolean): { evaluateModel: EvaluateModel; asked: SuiteName[][] } {
  const asked: SuiteName[][] = [];
  async function* evaluateModel({ suites, signal }: Parameters<EvaluateModel>[0]): AsyncGenerator<CapabilityResult> {
    asked.push([...suites]);
    for (const suite of suites) {
      signal.throwIfAborted();
      const answers = suiteOf(suite).questions.map(([question, right, wrong]) => {
        const good = isRight(question);
        return { question, right, chosen: good ? right : (wrong as string), isRight: good };
      });
      yield { suite, answers, accuracy: shareOf(answers.filter((answer) => answer.isRight).length, answers.length) };
    }
  }
  return { evaluateModel, asked };
}

const signal = new AbortController().signal;

describe("an evaluation", () => {
  it("keeps every answer and shows the share of each suite", async () => {
    const { model, by } = await scene();
    const { evaluationId } = await startEvaluation(by);
    expect(await startEvaluation(by), "one at a time").toEqual({ evaluationId });
    const isRight = (question: string) => question.length % 2 === 0;
    await performEvaluation(evaluationId, { ...fakeModel(isRight), signal });
    const [row] = await listEvaluations(by.actor);
    expect(row?.model.id).toBe(model.id);
    expect(row?.evaluation).toMatchObject({ status: "completed", activity: null, error: null });
    for (const name of SUITE_NAMES) {
      const { questions } = suiteOf(name);
      const right = questions.filter(([question]) => isRight(question)).length;
      const result = row?.evaluation?.results.find(({ suite }) => suite === name);
      expect(result?.accuracy).toEqual(shareOf(right, questions.length));
      expect(result?.answers.map(({ question }) => question)).toEqual(questions.map(([question]) => question));
    }
  });

  it("goes on with the suites that are missing when its process died", async () => {
    const { by } = await scene();
    const { evaluationId } = await startEvaluation(by);
    const whole = fakeModel(() => true);
    const dying: EvaluateModel = async function* (request) {
      for await (const result of whole.evaluateModel(request)) {
        yield result;
        throw new Error("connect ECONNREFUSED 127.0.0.1:5432");
      }
    };
    await performEvaluation(evaluationId, { evaluateModel: dying, signal }).catch(() => undefined);
    await database().evaluation.update({ where: { id: evaluationId }, data: { status: "queued", finishedAt: null } });
    await performEvaluation(evaluationId, { ...whole, signal });
    expect(whole.asked.at(-1)).toEqual(SUITE_NAMES.slice(1));
    const [row] = await listEvaluations(by.actor);
    expect(row?.evaluation?.results).toHaveLength(SUITE_NAMES.length);
  });

  it("that waits ends at once when it is stopped, and asks nothing", async () => {
    const { by } = await scene();
    const { evaluationId } = await startEvaluation(by);
    await cancelJob(evaluate, by.actor, evaluationId);
    const model = fakeModel(() => true);
    await performEvaluation(evaluationId, { ...model, signal });
    expect(model.asked).toEqual([]);
    await expect(cancelJob(evaluate, by.actor, evaluationId)).rejects.toMatchObject({
      code: "evaluation-finished",
    });
    expect((await listEvaluations(by.actor))[0]?.evaluation?.status).toBe("cancelled");
  });

  it("is not for reward models", async () => {
    const { project, by } = await scene();
    const reward = await database().modelVersion.create({
      data: { projectId: project.id, name: "reward", kind: "reward", artifactKind: "model", artifact: "runs/1/model" },
    });
    await expect(startEvaluation({ ...by, modelVersionId: reward.id })).rejects.toMatchObject({
      code: "model-writes-no-text",
    });
  });
});
