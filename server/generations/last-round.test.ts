import { expect, it } from "vitest";
import type { WriteText } from "@/domain/generations/write-text";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, type TestProject, withTestQueue } from "../testing/test-loop";
import { createGeneration } from "./create-generation";
import { adviseTokenLimit } from "./last-round";
import { performGeneration } from "./perform-generation";
import { samplingSchema } from "./sampling";
import { startNextRound } from "./start-next-round";

withTestDatabase();
withTestQueue();

const never = new AbortController().signal;

/** Stands in for a model that ends its answer, except for the prompts that make it go on for ever. */
const writer = (isCut: (prompt: number, sample: number) => boolean): WriteText =>
  async function* ({ prompts, samples }) {
    for (const prompt of prompts.keys())
      for (let sample = 0; sample < samples; sample++)
        yield {
          type: "completion",
          prompt,
          sample,
          content: `answer ${prompt} ${sample}`,
          tokens: 9,
          finish: isCut(prompt, sample) ? "length" : "stop",
        };
  };

const create = (project: TestProject, maxTokens: number) =>
  createGeneration({
    ...project,
    modelVersionId: project.base.id,
    promptIds: "all",
    samples: 2,
    sampling: samplingSchema.parse({ seed: 1, maxTokens }),
    makeTasks: true,
    requiredLabels: 1,
  });

it("tells how many of the newest finished generation were cut, and what limit follows", async () => {
  const project = await makeProject({ prompts: 4 });
  expect(await adviseTokenLimit(project.actor)).toEqual({ last: null, suggested: 256 });
  const { generationId } = await create(project, 64);
  expect(await adviseTokenLimit(project.actor)).toEqual({ last: null, suggested: 256 });
  await performGeneration(generationId, { writeText: writer((prompt) => prompt === 0), signal: never });
  // 2 of 8 completions were cut: ln 0.05 / ln 0.25 = 2.161 times 64 tokens, rounded up to a multiple of 32.
  const first = { last: { completions: 8, cut: 2, maxTokens: 64 }, suggested: 160 };
  expect(await adviseTokenLimit(project.actor)).toEqual(first);
  expect(await adviseTokenLimit((await makeProject()).actor)).toEqual({ last: null, suggested: 256 });

  const second = await create(project, 160);
  expect(await adviseTokenLimit(project.actor)).toEqual(first);
  await performGeneration(second.generationId, { writeText: writer(() => false), signal: never });
  expect(await adviseTokenLimit(project.actor)).toEqual({
    last: { completions: 8, cut: 0, maxTokens: 160 },
    suggested: 160,
  });
});

it("gives a next round the suggested limit, and counts both of its models", async () => {
  const project = await makeProject({ prompts: 4 });
  const { projectId, base } = project;
  const first = await create(project, 64);
  await performGeneration(first.generationId, { writeText: writer((prompt) => prompt === 0), signal: never });
  const model = await database().modelVersion.create({
    data: {
      projectId,
      name: "new",
      kind: "policy",
      artifactKind: "model",
      artifact: "runs/x/model",
      parentId: base.id,
    },
  });
  const round = { ...project, modelVersionId: model.id, previousModelVersionId: base.id };
  const asked = { ...round, promptCount: 4, requiredLabels: 1, samples: 1 };
  const { generationIds } = await startNextRound(asked);
  const made = await database().generation.findMany({ where: { id: { in: generationIds } } });
  expect(made.map(({ maxTokens }) => maxTokens)).toEqual([160, 160]);
  const [after, before] = generationIds;
  await performGeneration(after, { writeText: writer((prompt) => prompt < 3), signal: never });
  await performGeneration(before, { writeText: writer(() => false), signal: never });
  expect((await adviseTokenLimit(project.actor)).last).toEqual({ completions: 8, cut: 3, maxTokens: 160 });

  const chosen = await startNextRound({ ...asked, maxTokens: 99 });
  const rows = await database().generation.findMany({ where: { id: { in: chosen.generationIds } } });
  expect(rows.map(({ maxTokens }) => maxTokens)).toEqual([99, 99]);
});
