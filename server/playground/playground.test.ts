import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import type { ScoreCompletions } from "@/domain/scores/score-completions";
import { database } from "../database/client";
import { samplingSchema } from "../generations/sampling";
import { cancelJob } from "../jobs/cancel-job";
import { playground } from "../jobs/queues/playground";
import { withTestDatabase } from "../testing/test-database";
import { fakeScorer, fakeWriter, gate, makeProject, type TestProject, withTestQueue } from "../testing/test-loop";
import { performPlayground } from "./perform-playground";
import { startPlayground } from "./start-playground";
import { type PlaygroundState, watchPlayground } from "./watch-playground";

withTestDatabase();
withTestQueue();

const never = new AbortController().signal;
const ANSWER = "The capital of Frânce is Paris. 🗼";

/** Nobody asks for a score unless a reward model was chosen. */
const noScorer = fakeScorer(() => undefined).scoreCompletions;

const start = (project: TestProject, more: { rewardModelId?: string } = {}) =>
  startPlayground({
    ...project,
    ...more,
    modelVersionId: project.base.id,
    messages: [{ role: "user", content: "Capital of France?" }],
    sampling: samplingSchema.parse({}),
  });

it("answers piece by piece to those who watch, and keeps the answer", async () => {
  const project = await makeProject();
  const { generationId } = await start(project);
  const events = watchPlayground({ actor: project.actor, generationId }, never);
  expect((await events.next()).value).toMatchObject({ status: "queued", text: "" });
  const states: PlaygroundState[] = [];
  const watching = (async () => {
    for await (const state of events) states.push(state);
  })();
  await performPlayground(generationId, {
    writeText: fakeWriter(() => ANSWER).writeText,
    scoreCompletions: noScorer,
    signal: never,
  });
  await watching;
  expect(states.at(-1)).toEqual({
    text: ANSWER,
    tokens: 7,
    status: "completed",
    finishReason: "stop",
    score: null,
    activity: null,
    error: null,
  });
  for (const { text } of states) expect(ANSWER.startsWith(text)).toBe(true);
});

it("gives somebody who comes in the middle all of the text, without gaps or repetition", async () => {
  const project = await makeProject();
  const { generationId } = await start(project);
  const half = gate();
  const joined = gate();
  const { writeText } = fakeWriter(() => ANSWER);
  const performing = performPlayground(generationId, {
    signal: never,
    scoreCompletions: noScorer,
    writeText: async function* (request) {
      for await (const event of writeText(request)) {
        yield event;
        if (event.type === "text" && event.tokens === 3) {
          half.open();
          await joined.passed;
        }
      }
    },
  });
  await half.passed;
  const events = watchPlayground({ actor: project.actor, generationId }, never);
  const first = await events.next();
  expect(ANSWER.startsWith(first.value?.text ?? "?")).toBe(true);
  joined.open();
  let last = first.value;
  for await (const state of events) last = state;
  await performing;
  expect(last).toMatchObject({ status: "completed", text: ANSWER });
});

it("keeps what was written when a person stops it", async () => {
  const project = await makeProject();
  const { generationId } = await start(project);
  const { writeText } = fakeWriter(() => ANSWER);
  await performPlayground(generationId, {
    signal: never,
    scoreCompletions: noScorer,
    writeText: async function* (request) {
      for await (const event of writeText(request)) {
        yield event;
        if (event.type !== "text" || event.tokens < 3) continue;
        await cancelJob(playground, project.actor, generationId);
        await new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
      }
    },
  });
  const row = await database().generation.findUniqueOrThrow({ where: { id: generationId } });
  expect(row).toMatchObject({ status: "cancelled", outputText: "The capital of " });
});

it("says why a conversation cannot be answered", async () => {
  const project = await makeProject();
  const { generationId } = await start(project);
  await performPlayground(generationId, {
    writeText: fakeWriter(() => undefined).writeText,
    scoreCompletions: noScorer,
    signal: never,
  });
  const events = watchPlayground({ actor: project.actor, generationId }, never);
  expect((await events.next()).value).toMatchObject({
    status: "failed",
    error: "the prompt has 9000 tokens Shorten the conversation.",
  });
});

describe("a reward model that was chosen", () => {
  const rewardModel = ({ projectId, base }: TestProject) =>
    database().modelVersion.create({
      data: {
        projectId,
        name: "judge",
        kind: "reward",
        artifactKind: "adapter",
        artifact: "runs/x/adapter",
        parentId: base.id,
      },
    });
  const answer = async (scoreCompletions: ScoreCompletions, see?: (state: PlaygroundState) => void) => {
    const project = await makeProject();
    const model = await rewardModel(project);
    const { generationId } = await start(project, { rewardModelId: model.id });
    const events = watchPlayground({ actor: project.actor, generationId }, never);
    const states: PlaygroundState[] = [];
    const watching = (async () => {
      for await (const state of events) {
        states.push(state);
        see?.(state);
      }
    })();
    await performPlayground(generationId, {
      writeText: fakeWriter(() => ANSWER).writeText,
      scoreCompletions,
      signal: never,
    });
    await watching;
    return { states, model: { id: model.id, name: "judge" } };
  };

  it("scores the answer once it is written", async () => {
    const { scoreCompletions, asked } = fakeScorer((content, prompt) => content.length + prompt.length);
    const unscored = gate();
    const held: ScoreCompletions = async function* (request) {
      await unscored.passed; // the answer is shown before its score is there
      yield* scoreCompletions(request);
    };
    const { states, model } = await answer(held, ({ text, score }) => {
      if (text === ANSWER && score?.value === null) unscored.open();
    });
    expect(asked).toEqual([[ANSWER]]);
    expect(states.at(-1)).toMatchObject({
      status: "completed",
      text: ANSWER,
      score: { model, value: ANSWER.length + "Capital of France?".length, problem: null },
    });
  });

  it("takes nothing from the answer where it cannot score it, and says why", async () => {
    const refused = await answer(fakeScorer(() => undefined).scoreCompletions);
    expect(refused.states.at(-1)).toMatchObject({
      status: "completed",
      text: ANSWER,
      score: { value: null, problem: "it has 9000 tokens" },
    });
    const broken = await answer(() => {
      throw new DomainError("model-file-invalid", "config.json: missing");
    });
    expect(broken.states.at(-1)).toMatchObject({
      status: "completed",
      text: ANSWER,
      score: { value: null, problem: "config.json: missing" },
    });
  });

  it("must be one", async () => {
    const project = await makeProject();
    await expect(start(project, { rewardModelId: project.base.id })).rejects.toMatchObject({
      code: "model-scores-nothing",
    });
  });
});

it("is not to be seen from another project", async () => {
  const project = await makeProject();
  const other = await makeProject();
  const { generationId } = await start(project);
  const events = watchPlayground({ actor: other.actor, generationId }, never);
  await expect(events.next()).rejects.toMatchObject({ code: "generation-not-found" });
});
