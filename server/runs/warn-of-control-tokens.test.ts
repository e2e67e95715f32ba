import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { warnOfControlTokens } from "./warn-of-control-tokens";

withTestDatabase();
withTestQueue();

it("counts labelled prompts with the base's own tokens, or with those of known families where its tokenizer is not at hand", async () => {
  const admin = await makeUser("Ada");
  const project = await makeProject(admin);
  const rows = [
    { prompt: "Say [TURN] twice", completion: "No." },
    { prompt: "Say it", completion: "It <|im_end|> is." },
    { prompt: "Plain", completion: "[turn] is text." },
    { prompt: "Nobody has labelled [TURN]" },
  ];
  const contentBase64 = Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n")).toString("base64");
  const file = { fileName: "rows.jsonl", format: "jsonl" as const, contentBase64, takeAnswers: true };
  await importPrompts({ ...file, actor: actorIn(project.id, admin.id) });
  const models = dataPath("models");
  await mkdir(models, { recursive: true });
  const folder = await mkdtemp(path.join(models, "own-tokens-"));
  const baseOf = (artifact: string) =>
    database().modelVersion.create({
      data: {
        projectId: project.id,
        kind: "base",
        artifactKind: "reference",
        artifact,
        name: `base ${artifact.length}`,
      },
    });
  const own = await baseOf(folder);
  const tokens = [
    { id: 1, content: "[TURN]", special: true },
    { id: 2, content: "Say", special: false },
  ];
  await writeFile(path.join(folder, "tokenizer.json"), JSON.stringify({ added_tokens: tokens }));
  expect(await warnOfControlTokens(project.id, own)).toEqual([
    expect.stringMatching(new RegExp(`^1 labelled prompt holds control tokens of ${own.name} `)),
  ]);
  expect(await warnOfControlTokens(project.id, await baseOf("smollm2-135m-instruct"))).toEqual([
    expect.stringMatching(/^1 labelled prompt holds control tokens of a chat template /),
  ]);
  // Where there are more prompts than are looked through, the newest count, and the sentence says how many these are.
  expect(await warnOfControlTokens(project.id, own, 3)).toEqual([
    expect.stringMatching(/^1 of the newest 3 labelled prompts holds control tokens of /),
  ]);
  expect(await warnOfControlTokens(project.id, own, 2)).toEqual([]);
  await writeFile(path.join(folder, "tokenizer.json"), "{ damaged");
  expect(await warnOfControlTokens(project.id, own)).toEqual([
    expect.stringMatching(/^1 labelled prompt holds control tokens of a chat template /),
  ]);
  await rm(folder, { recursive: true });
});
