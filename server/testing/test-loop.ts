import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { promptHash } from "@/domain/datasets/split";
import type { TextEvent, WriteText } from "@/domain/generations/write-text";
import type { ScoreCompletions, ScoreEvent, ScoreRequest } from "@/domain/scores/score-completions";
import { database } from "../database/client";
import { stopJobs } from "../jobs/boss";
import { closeChannels } from "../jobs/listen";
import { ensureBaseModel } from "../models/ensure-base-model";
import { textHashOf } from "../prompts/prompt-identity";
import { actorIn } from "./actors";

/**
 * Ends this file's queue and its listening connection. Call it before `withTestDatabase`, whose own end comes after it.
 */
export function withTestQueue(): void {
  afterAll(async () => {
    await stopJobs();
    await closeChannels();
  });
}

/** Makes a project with an admin, a base model and prompts. */
export async function makeProject({ prompts = 3 } = {}) {
  const tag = randomUUID().slice(0, 8);
  const user = await database().user.create({ data: { email: `${tag}@example.org`, name: "Ada" } });
  const project = await database().project.create({ data: { slug: tag, name: tag, createdById: user.id } });
  await database().membership.create({ data: { projectId: project.id, userId: user.id, role: "admin" } });
  const base = await ensureBaseModel(database(), project.id);
  const promptIds: string[] = [];
  for (let i = 0; i < prompts; i++) {
    const messages = [{ role: "user" as const, content: `Question ${i} of ${tag}` }];
    const { id } = await database().prompt.create({
      data: {
        projectId: project.id,
        split: "train",
        source: "written",
        textHash: textHashOf(messages),
        normalizedHash: promptHash(messages),
        messages: { create: messages.map((message, position) => ({ ...message, position })) },
      },
    });
    promptIds.push(id);
  }
  const actor = actorIn(project.id, user.id);
  return { userId: user.id, projectId: project.id, actor, base, promptIds, slug: project.slug };
}

export type TestProject = Awaited<ReturnType<typeof makeProject>>;

/** Makes a queued run on an empty dataset version, without a job. */
export async function makeRun({ projectId, userId, base }: TestProject) {
  const number = (await database().trainingRun.count({ where: { projectId } })) + 1;
  const dataset = await database().datasetVersion.create({
    data: { projectId, version: number, folder: `datasets/${randomUUID()}`, createdById: userId, status: "ready" },
  });
  return database().trainingRun.create({
    data: {
      projectId,
      number,
      method: "dpo",
      datasetVersionId: dataset.id,
      baseModelVersionId: base.id,
      configuration: { method: "dpo", batchSize: 2, lora: { rank: 4 } },
      folder: `runs/${randomUUID()}`,
      requestedById: userId,
    },
  });
}

/** Makes a language model that answers with `say`; undefined refuses. */
export function fakeWriter(say: (question: string, sample: number, seed: number) => string | undefined): {
  writeText: WriteText;
  asked: string[][];
} {
  const asked: string[][] = [];
  async function* writeText({ prompts, samples, signal }: Parameters<WriteText>[0]): AsyncGenerator<TextEvent> {
    asked.push(prompts.map(({ messages }) => messages.at(-1)?.content ?? ""));
    for (const [prompt, { messages, seed }] of prompts.entries()) {
      for (let sample = 0; sample < samples; sample++) {
        signal.throwIfAborted();
        const content = say(messages.at(-1)?.content ?? "", sample, seed);
        if (content === undefined) {
          yield { type: "refused", prompt, code: "prompt-too-long", reason: "the prompt has 9000 tokens" };
          break;
        }
        let tokens = 0;
        for (const text of content.match(/\S+\s*/g) ?? [])
          yield { type: "text", prompt, sample, text, tokens: ++tokens };
        yield { type: "completion", prompt, sample, content, tokens, finish: "stop" };
      }
    }
  }
  return { writeText, asked };
}

/** Makes a reward model that says `score`; undefined refuses. */
export function fakeScorer(score: (content: string, prompt: string) => number | undefined): {
  scoreCompletions: ScoreCompletions;
  asked: string[][];
} {
  const asked: string[][] = [];
  async function* scoreCompletions({ completions, signal }: ScoreRequest): AsyncGenerator<ScoreEvent> {
    asked.push(completions.map(({ content }) => content));
    for (const [completion, { content, prompt }] of completions.entries()) {
      signal.throwIfAborted();
      const value = score(content, prompt.at(-1)?.content ?? "");
      if (value === undefined) yield { type: "refused", completion, reason: "it has 9000 tokens" };
      else yield { type: "score", completion, score: value };
    }
  }
  return { scoreCompletions, asked };
}

/** Makes a promise and what settles it, to hold a fake at a certain point. */
export function gate(): { open: () => void; passed: Promise<void> } {
  let open: (() => void) | undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open?.(), passed };
}
