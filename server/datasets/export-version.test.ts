import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExportFormatName } from "@/domain/export/export-formats";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser } from "../testing/test-rows";
import { createDatasetVersion } from "./create-dataset-version";
import { listVersionExports, openVersionExport } from "./export-version";
import { openVersionFiles } from "./open-version-files";

withTestDatabase();
withTestQueue();

type Row = Record<string, unknown>;

async function scene() {
  const admin = await makeUser("Ada");
  const project = await makeProject(admin);
  const actor = actorIn(project.id, admin.id);
  const take = (content: string, name = "rows.jsonl") => {
    const file = { fileName: name, format: "jsonl" as const, contentBase64: Buffer.from(content).toString("base64") };
    return importPrompts({ ...file, actor, takeAnswers: true });
  };
  const version = async () => (await createDatasetVersion({ projectId: project.id, userId: admin.id })).id;
  return { actor, take, version };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const toFile = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/**
 * All that a version's records say. Ids of rows and labels are of their project, a group and its votes of the labels that a
 * pair was made of; everything else must come back.
 */
const OF_ITS_PROJECT = [
  ...["promptId", "chosenCompletionId", "rejectedCompletionId", "completionId", "labelIds", "annotatorIds"],
  ...["groupId", "votes"],
];
async function recordsOf({ actor }: Pick<Scene, "actor">, datasetVersionId: string, kinds?: readonly string[]) {
  const { files } = await openVersionFiles({ actor, datasetVersionId });
  const records: string[] = [];
  for (const { name, open } of files.filter((file) => file.name.endsWith(".jsonl"))) {
    const kind = name.split(".")[0] ?? "";
    if (kinds && !kinds.includes(kind)) continue;
    for (const line of (await text(open())).split("\n").filter(Boolean)) {
      const kept = Object.entries(JSON.parse(line) as Row).filter(([key]) => !OF_ITS_PROJECT.includes(key));
      records.push(JSON.stringify([kind, ...kept.sort(([a], [b]) => (a < b ? -1 : 1))]));
    }
  }
  return records.sort();
}

/** Exports a version in a format, both splits, as one file. */
async function exported({ actor }: Scene, datasetVersionId: string, format: ExportFormatName) {
  const files =
    (await listVersionExports({ actor, datasetVersionId })).find((one) => one.format === format)?.files ?? [];
  const parts: string[] = [];
  for (const { name, records } of files) {
    const { stream } = await openVersionExport({ actor, datasetVersionId, file: name });
    const content = await text(stream);
    expect(content.split("\n")).toHaveLength(records + 1);
    parts.push(content);
  }
  const leftOut = files.flatMap((file) => file.leftOut ?? []);
  return { content: parts.join(""), leftOut };
}

const edge = fc.constantFrom("", " ", "\n", "\r\n", "\r", "\t", "\u2028", "\u00a0");
const core = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
  fc.constantFrom('"quoted"', "véʳy 🐙", "e\u0301", "a,b;c\td", "line\r\nline\u2029line", "<|im_end|>", "אבג"),
);
const words = fc
  .tuple(edge, core, edge)
  .map((parts) => parts.join(""))
  .filter((joined) => joined.trim() !== "" && !joined.includes("\0") && !/\p{Surrogate}/u.test(joined));
const message = (role: string, content: string) => ({ role, content });
const mark = fc.constantFrom({}, {}, { finished: false });
const prompt = fc
  .tuple(fc.option(words), fc.option(fc.tuple(words, words)), words)
  .map(([system, round, last]) => [
    ...(system === null ? [] : [message("system", system)]),
    ...(round === null ? [] : [message("user", round[0]), message("assistant", round[1])]),
    message("user", last),
  ]);
const row = fc.oneof(
  fc.record({ prompt, answer: words, mark }).map(({ answer, ...of }) => ({
    ...{ prompt: of.prompt, completion: [message("assistant", answer)], ...of.mark },
  })),
  fc.record({ prompt, answer: words, label: fc.boolean(), mark }).map(({ answer, ...of }) => ({
    ...{ prompt: of.prompt, completion: [message("assistant", answer)], label: of.label, ...of.mark },
  })),
  fc
    .record({
      ...{ prompt, chosen: words, rejected: words, margin: fc.constantFrom(0, 1 / 3, 0.4, 1) },
      marks: fc.constantFrom({}, { chosenFinished: false }, { rejectedFinished: false }),
    })
    .filter(({ chosen, rejected }) => chosen !== rejected)
    .map(({ chosen, rejected, marks, ...of }) => ({
      ...{ ...of, chosen: [message("assistant", chosen)], rejected: [message("assistant", rejected)], ...marks },
    })),
);
/** Prompts of one text are one prompt and answers of one text one answer, so each is told apart by its number. */
const project = fc.array(row, { minLength: 12, maxLength: 20 }).map((rows) =>
  rows.map((one, index) => ({
    ...one,
    prompt: one.prompt.map((turn, at) =>
      at === one.prompt.length - 1 ? { ...turn, content: `${index}${turn.content}` } : turn,
    ),
    taskType: index % 2 === 0 ? "general" : "maths & more",
  })),
);

const CARRIED: [format: ExportFormatName, kinds: string[]][] = [
  ["trl-preference", ["preferences"]],
  ["trl-prompt-completion", ["demonstrations"]],
  ["trl-unpaired", ["unpaired"]],
  ["messages", ["demonstrations"]],
  ["sharegpt", ["preferences", "demonstrations", "unpaired"]],
];

describe("a dataset version that leaves in a format and comes back into another project", () => {
  it("has the same records, to the byte, in every format that carries them", async () => {
    await fc.assert(
      fc.asyncProperty(project, async (rows) => {
        const home = await scene();
        await home.take(toFile(rows));
        const version = await home.version();
        const all = await recordsOf(home, version);
        for (const { prompt: asked } of rows)
          expect(all.some((record) => record.includes(JSON.stringify(["prompt", asked])))).toBe(true);
        for (const [format, kinds] of CARRIED) {
          const before = await recordsOf(home, version, kinds);
          const { content, leftOut } = await exported(home, version, format);
          expect(leftOut).toEqual([]);
          if (before.length === 0) continue;
          const away = await scene();
          const taken = await away.take(content);
          expect(taken).toMatchObject({ labels: before.length, leftOut: 0 });
          expect(await recordsOf(away, await away.version())).toEqual(before);
          // Importing the file a second time adds nothing.
          expect(await away.take(content)).toMatchObject({ accepted: 0, labels: 0 });
        }
        // This project's own files carry all of it, lineage beside.
        const away = await scene();
        const { files } = await openVersionFiles({ actor: home.actor, datasetVersionId: version });
        for (const { name, open } of files.filter((file) => file.name.endsWith(".jsonl")))
          await away.take(await text(open()), name);
        expect(await recordsOf(away, await away.version())).toEqual(await recordsOf(home, version));
      }),
      { numRuns: 4, seed: 20 },
    );
  }, 240_000);

  it("holds in Alpaca what is one question and one answer, and says beforehand how many are not", async () => {
    const home = await scene();
    const single = (index: number) => ({
      prompt: [message("system", " Be brief.\n"), message("user", `Question ${index}?\r\n`)],
      completion: [message("assistant", ` Answer ${index}\u2028`)],
    });
    const long = {
      ...single(9),
      prompt: [...single(8).prompt, message("assistant", "Well?"), message("user", "Say.")],
    };
    await home.take(toFile([...[1, 2, 3].map(single), long]));
    const version = await home.version();
    const { content, leftOut } = await exported(home, version, "alpaca");
    expect(leftOut).toEqual([{ reason: "with more than one question and one answer", count: 1 }]);
    expect(content).not.toContain("messages");
    const away = await scene();
    await away.take(content);
    const again = await recordsOf(away, await away.version());
    const before = await recordsOf(home, version);
    expect(again).toHaveLength(3);
    expect(before).toEqual(expect.arrayContaining(again));
  });

  it("is refused to an annotator, of another project, and under a name that is no format", async () => {
    const home = await scene();
    await home.take(toFile([{ prompt: "Hi", completion: "Hello" }]));
    const datasetVersionId = await home.version();
    const { actor } = await scene();
    const file = "messages.train.jsonl";
    await expect(openVersionExport({ actor, datasetVersionId, file })).rejects.toMatchObject({
      code: "dataset-not-found",
    });
    const bo = await makeUser("Bo");
    const annotator = actorIn((await makeProject(bo)).id, bo.id, "annotator");
    await expect(openVersionExport({ actor: annotator, datasetVersionId, file })).rejects.toMatchObject({
      code: "admin-forbidden",
    });
    await expect(
      openVersionExport({ actor: home.actor, datasetVersionId, file: "../manifest.json" }),
    ).rejects.toMatchObject({ code: "file-not-found" });
  });
});
