import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptHash, splitOfHash } from "@/domain/datasets/split";
import { DomainError } from "@/domain/errors";
import { EXPORT_FORMAT_NAMES } from "@/domain/export/export-formats";
import { writeItem } from "@/domain/export/write-item";
import { readRow } from "@/domain/intake/read-row";
import type { Message } from "@/domain/messages";
import type { ProjectActor } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { openLabelExport } from "../labels/export-labels";

import { openTaskExport } from "../tasks/export-tasks";
import { actorIn } from "../testing/actors";
import { learnedContent, readAll } from "../testing/all-records";
import { buildProject, randomProject } from "../testing/random-project";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { createDatasetVersion } from "./create-dataset-version";
import { listVersionExports, openVersionExport } from "./export-version";
import type { LearnedRecord } from "./learned-content";
import { openVersionFiles } from "./open-version-files";

withTestDatabase();
withTestQueue();

/** How many random projects travel. TUNELOOP_ROUND_TRIPS asks for more, and TUNELOOP_SEED for others. */
const CASES = Number(process.env.TUNELOOP_ROUND_TRIPS ?? 5);
const SEED = Number(process.env.TUNELOOP_SEED ?? 14);

type Row = Record<string, unknown>;
const toRows = (content: string) =>
  content
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

interface Place {
  project: { id: string };
  admin: { id: string };
  actor: ProjectActor;
}

async function away(): Promise<Place> {
  const admin = await makeUser("Bob");
  const project = await makeProject(admin);
  return { project, admin, actor: actorIn(project.id, admin.id) };
}

async function take({ actor }: Place, content: string) {
  const taken = { labels: 0, tasks: 0, accepted: 0 };
  if (content === "") return taken;
  const contentBase64 = Buffer.from(content).toString("base64");
  const file = { fileName: "trip.jsonl", format: "jsonl" as const, contentBase64 };
  const { labels, tasks, accepted } = await importPrompts({ ...file, actor, takeAnswers: true });
  return { labels, tasks, accepted };
}

/** The version taken now; null where nothing can be learned. */
async function versionOf({ project, admin }: Place) {
  try {
    return await createDatasetVersion({ projectId: project.id, userId: admin.id });
  } catch (error) {
    if (error instanceof DomainError && error.code === "dataset-empty") return null;
    throw error;
  }
}

/** What must be the same on both sides, in numbers and ids of people. */
async function countsOf({ project }: Place) {
  const { ledger } = await readAll(project.id);
  const reasons = new Map<string, number>();
  for (const { used, reason } of ledger) {
    // What the project has corrected or taken back does not travel, and what it excluded is excluded label by label.
    if (reason === "superseded" || reason === "withdrawn") continue;
    const name = used ? "used" : /^excluded|^archived/.test(reason ?? "") ? "excluded" : (reason ?? "");
    reasons.set(name, (reasons.get(name) ?? 0) + 1);
  }
  const labels = await database().label.findMany({
    where: { projectId: project.id, ...liveLabel },
    select: { importId: true, annotatorId: true, sourceAnnotatorId: true, kind: true },
  });
  const people = labels.map((label) => (label.importId === null ? label.annotatorId : label.sourceAnnotatorId));
  const tasks = await database().task.findMany({
    where: {
      projectId: project.id,
      OR: [{ labels: { some: liveLabel } }, { completedAt: null, prompt: { archivedAt: null } }],
    },
    select: {
      kind: true,
      requiredLabels: true,
      priority: true,
      completedAt: true,
      _count: { select: { completions: true } },
    },
  });
  return {
    ledger: [...reasons].sort(),
    people: people.sort(),
    kinds: labels.map(({ kind }) => kind).sort(),
    tasks: tasks.map(({ completedAt, ...task }) => JSON.stringify([completedAt !== null, task])).sort(),
  };
}

/** The rows of an export without the ids that a project gives anew. */
const travelling = (content: string) =>
  toRows(content)
    .map(({ promptId, rubric, ...row }) => {
      const names = new Map((rubric as { id: string; name: string }[] | undefined)?.map(({ id, name }) => [id, name]));
      const criteria = (rubric as Row[] | undefined)?.map(({ id, ...criterion }) => criterion);
      const rating = row.rating as { scores: Row[] } | undefined;
      const scores = rating?.scores.map((score) =>
        JSON.stringify({ ...score, criterionId: names.get(String(score.criterionId)) }),
      );
      const ranks = (row.ranking as { ranks: Row[] } | undefined)?.ranks.map((rank) => JSON.stringify(rank));
      return JSON.stringify({ ...row, rubric: criteria, rating: scores?.sort(), ranking: ranks?.sort() });
    })
    .sort();

async function ownFiles({ actor }: Place) {
  return {
    labels: await text(openLabelExport({ actor, format: "jsonl" })),
    tasks: await text(openTaskExport({ actor })),
  };
}

describe("a project that leaves in Tuneloop's own files and comes back in another one", () => {
  it("has the same dataset version hash, counts and people, and comes once", async () => {
    let records = 0;
    await fc.assert(
      fc.asyncProperty(randomProject, fc.boolean(), async (plan, tasksFirst) => {
        const home = await buildProject(plan);
        const files = await ownFiles(home);
        const there = await away();
        const order = tasksFirst ? [files.tasks, files.labels] : [files.labels, files.tasks];
        for (const content of order) await take(there, content);
        const [before, after] = [await versionOf(home), await versionOf(there)];
        expect(after?.hash).toBe(before?.hash);
        records += before ? 1 : 0;
        expect(await countsOf(there)).toEqual(await countsOf(home));
        const again = await ownFiles(there);
        expect(travelling(again.labels)).toEqual(travelling(files.labels));
        expect(travelling(again.tasks)).toEqual(travelling(files.tasks));
        const nothing = { labels: 0, tasks: 0, accepted: 0 };
        for (const content of order) {
          expect(await take(there, content)).toEqual(nothing);
          expect(await take(home, content)).toEqual(nothing);
        }
        for (const content of Object.values(again)) expect(await take(home, content)).toEqual(nothing);
      }),
      { numRuns: CASES, seed: SEED },
    );
    expect(records).toBeGreaterThan(CASES / 2);
  }, 3_600_000);
});

/** The records of a version as they lie in its files. */
async function linesOf({ actor }: Place, datasetVersionId: string): Promise<LearnedRecord[]> {
  const kinds = { demonstrations: "demonstration", preferences: "preference", unpaired: "unpaired" } as const;
  const { files } = await openVersionFiles({ actor, datasetVersionId });
  const lines: LearnedRecord[] = [];
  for (const { name, open } of files.filter((file) => file.name.endsWith(".jsonl"))) {
    const kind = kinds[name.split(".")[0] as keyof typeof kinds];
    for (const content of toRows(await text(open())))
      lines.push({ kind, split: content.split as "train", groupId: content.groupId as string | null, content });
  }
  return lines;
}

/**
 * The hash of what a format carries of these records: one vote for each pair, since a row is one label, and the split that
 * a record's own prompt has (a conversation that is learned turn by turn has one for each turn).
 */
async function carriedHash(
  lines: readonly LearnedRecord[],
  isHeld: (line: LearnedRecord) => boolean,
): Promise<string | undefined> {
  const carried = lines.filter(isHeld).map((line) => ({
    ...line,
    split: splitOfHash(promptHash(line.content.prompt as Message[])),
    content: { ...line.content, ...(line.kind === "preference" && { votes: { for: 1, against: 0 } }) },
  }));
  return carried.length === 0 ? undefined : (await learnedContent(carried)).hash;
}

describe("a dataset version that leaves in a format and comes back in another project", () => {
  it("has the hash of what the format carries, in every format", async () => {
    const carried = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(randomProject, async (plan) => {
        const home = await buildProject(plan);
        const version = await versionOf(home);
        if (!version) return;
        const lines = await linesOf(home, version.id);
        const exports = await listVersionExports({ actor: home.actor, datasetVersionId: version.id });
        for (const format of EXPORT_FORMAT_NAMES) {
          let content = "";
          for (const { name } of exports.find((one) => one.format === format)?.files ?? [])
            content += await text(
              (await openVersionExport({ actor: home.actor, datasetVersionId: version.id, file: name })).stream,
            );
          const isHeld = ({ content: fields }: LearnedRecord) => {
            const read = readRow({ place: { line: 1 }, fields });
            const [item] = "items" in read ? read.items : [];
            return item !== undefined && "row" in writeItem(item, format);
          };
          const there = await away();
          await take(there, content);
          const expected = await carriedHash(lines, isHeld);
          const after = await versionOf(there);
          expect([format, after?.hash]).toEqual([format, expected]);
          if (after) carried.set(format, (carried.get(format) ?? 0) + 1);
          expect(await take(there, content)).toEqual({ labels: 0, tasks: 0, accepted: 0 });
        }
        // The version's own files carry all records.
        const there = await away();
        const { files } = await openVersionFiles({ actor: home.actor, datasetVersionId: version.id });
        for (const { name, open } of files) if (name.endsWith(".jsonl")) await take(there, await text(open()));
        expect((await versionOf(there))?.hash).toBe(await carriedHash(lines, () => true));
      }),
      { numRuns: Math.max(6, Math.ceil(CASES / 3)), seed: SEED },
    );
    // Few random prompts are one question, which is all that Alpaca holds.
    const usual = EXPORT_FORMAT_NAMES.filter((format) => format !== "alpaca");
    expect([...carried.keys()]).toEqual(expect.arrayContaining(usual));
  }, 3_600_000);
});
