import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { LabelAnswer, LabelKind } from "@/domain/labels/kinds";
import { STARTING_RUBRIC } from "@/domain/labels/rubric";
import { labelSubmissionSchema } from "@/domain/labels/submission";
import { database } from "../database/client";
import { updateRubric } from "../projects/update-rubric";
import { actorIn } from "../testing/actors";
import { readAll } from "../testing/all-records";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { correctLabel } from "./correct-label";
import { type LabelExportFormat, openLabelExport } from "./export-labels";
import { type LabelTask, nextTask } from "./next-task";
import { submitLabel } from "./submit-label";

withTestDatabase();
withTestQueue();

async function scene() {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  const actor = actorIn(project.id, ada.id);
  const own = { actor };
  const take = (content: string) => {
    const contentBase64 = Buffer.from(content).toString("base64");
    return importPrompts({ fileName: "labels.jsonl", format: "jsonl", contentBase64, actor, takeAnswers: true });
  };
  const exported = (format: LabelExportFormat) => text(openLabelExport({ actor, format }));
  /** What the records of a version taken now say, without what is of this project alone. */
  const records = async () => {
    const { lines } = await readAll(project.id);
    return lines.map(({ kind, content: { prompt, chosen, rejected, completion, label, margin, ...marks } }) => {
      const finished = Object.entries(marks).filter(([key]) => /finished$/i.test(key));
      return JSON.stringify([kind, prompt, chosen, rejected, completion, label, margin, marks.taskType, finished]);
    });
  };
  return { ada, project, actor, own, take, exported, records };
}

/** Answers to a task of two completions of every kind, in the order in which they are shown. */
const ANSWERS: [kind: LabelKind, answer: (task: LabelTask) => LabelAnswer][] = [
  [
    "comparison",
    ({ completions: [a, b] }) => {
      const sides = { chosenCompletionId: b?.id ?? "", rejectedCompletionId: a?.id ?? "" };
      return { kind: "comparison", comparison: { outcome: "chosen", ...sides, strength: "slightly" } };
    },
  ],
  ["comparison", () => ({ kind: "comparison", comparison: { outcome: "tie" } })],
  ["comparison", () => ({ kind: "comparison", comparison: { outcome: "both_bad" } })],
  [
    "ranking",
    ({ completions }) => ({
      kind: "ranking",
      ranking: { ranks: completions.map(({ id }, index) => ({ completionId: id, rank: index + 1 })) },
    }),
  ],
  [
    "rating",
    ({ completions, rubric }) => ({
      kind: "rating",
      rating: {
        scores: completions.flatMap(({ id: completionId }, index) =>
          (rubric?.criteria ?? []).map(({ id: criterionId }) => ({
            completionId,
            criterionId,
            score: index === 0 ? 5 : 1,
          })),
        ),
      },
    }),
  ],
  [
    "demonstration",
    () => ({
      kind: "demonstration",
      demonstration: { content: " So it is.\r\n", turns: [], trainOnAllTurns: false },
    }),
  ],
];

describe("the labels of a project", () => {
  it("leave with their people and come back to the same records, of every kind", async () => {
    const home = await scene();
    await updateRubric({ actor: home.actor, criteria: STARTING_RUBRIC });
    const rubric = await database().rubric.findFirstOrThrow({ where: { projectId: home.project.id } });
    const made = await makeComparisonTasks(home.project, { count: ANSWERS.length });
    for (const [index, [kind]] of ANSWERS.entries())
      await database().task.update({
        where: { id: made[index]?.id },
        data: { kind, rubricId: kind === "rating" ? rubric.id : null },
      });
    await database().completion.updateMany({
      where: { projectId: home.project.id, content: { startsWith: "first" } },
      data: { finished: false },
    });
    const left = [...ANSWERS];
    for (
      let task = await nextTask({ ...home.own, exclude: [] });
      task;
      task = await nextTask({ ...home.own, exclude: [] })
    ) {
      const at = left.findIndex(([kind]) => kind === task?.kind);
      const [, answer] = left.splice(at, 1)[0] ?? [];
      const shownOrder = task.completions.map(({ id }) => id);
      const envelope = { taskId: task.taskId, idempotencyKey: randomUUID(), shownOrder };
      await submitLabel({ ...home.own, submission: labelSubmissionSchema.parse({ ...envelope, ...answer?.(task) }) });
    }
    expect(left).toEqual([]);

    const content = await home.exported("jsonl");
    const lines = content
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(ANSWERS.length);
    for (const line of lines) expect(line).toMatchObject({ annotatorId: home.ada.id, annotator: "Ada" });
    const away = await scene();
    expect(await away.take(content)).toMatchObject({ accepted: ANSWERS.length, labels: ANSWERS.length, leftOut: 0 });
    const before = await home.records();
    expect(before.length).toBeGreaterThan(6);
    expect((await away.records()).sort()).toEqual(before.sort());
    expect(before.some((record) => record.includes("Finished"))).toBe(true);
    expect(await away.take(content)).toMatchObject({ accepted: 0, labels: 0 });
  });

  it("are read page by page, none twice and none forgotten", async () => {
    const { take, exported, records } = await scene();
    const rows = Array.from({ length: 1100 }, (_, index) => ({ prompt: `Question ${index}`, completion: `${index}!` }));
    await take(rows.map((row) => JSON.stringify(row)).join("\n"));
    const lines = (await exported("jsonl"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ labelId }) => labelId)).size).toBe(1100);
    const away = await scene();
    await away.take(lines.map((line) => JSON.stringify(line)).join("\n"));
    expect((await away.records()).sort()).toEqual((await records()).sort());
    expect((await exported("csv")).trimEnd().split("\r\n")).toHaveLength(1101);
  });

  it("stand in a spreadsheet with what became of them, and no text is run there as a formula", async () => {
    const { project, own, exported, ada } = await scene();
    await makeComparisonTasks(project, { count: 1 });
    const task = await nextTask({ ...own, exclude: [] });
    if (!task) throw new Error("a task is expected");
    const submission = (note: string) =>
      labelSubmissionSchema.parse({
        ...{ taskId: task.taskId, idempotencyKey: randomUUID(), note },
        ...{ shownOrder: task.completions.map(({ id }) => id) },
        ...{ kind: "comparison", comparison: { outcome: "tie" } },
      });
    const { labelId } = await submitLabel({ ...own, submission: submission('=HYPERLINK("x")') });
    await correctLabel({ ...own, labelId, submission: submission("two\nlines, one cell") });
    const csv = await exported("csv");
    expect(csv.split("\r\n")[0]).toMatch(/^labelId,taskId,promptId,annotatorId,annotator,kind/);
    expect(csv).toContain(`${ada.id},Ada,comparison,general,`);
    expect(csv).toContain(`,tie,corrected later,"'=HYPERLINK(""x"")",false,`);
    expect(csv).toContain(`,tie,counts,"two\nlines, one cell",false,`);
    expect((await exported("jsonl")).trimEnd().split("\n")).toHaveLength(1);
  });

  it("are for admins alone", async () => {
    const { project, ada } = await scene();
    const annotator = actorIn(project.id, ada.id, "annotator");
    expect(() => openLabelExport({ actor: annotator, format: "csv" })).toThrow(/is annotator/);
  });
});
