import type { FileAnswer, FileLabel } from "@/domain/intake/file-task";
import { toLabelKind } from "@/domain/labels/kinds";
import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { completionsOfImport } from "./completions-of-import";
import type { PlacedTask } from "./place-tasks";

/** A label of a file and its task in the project. */
export interface PlacedLabel {
  promptId: string;
  label: FileLabel;
  at: PlacedTask;
}

type NewLabel = PlacedLabel & { id: string; supersedesId: string | null };

/**
 * Inserts labels of a file. Their account is the one that imports; who gave them is what the file says. Where the file's
 * person has a label of the task from an earlier file, the later of the two corrects the other, as it did where they
 * were given.
 *
 * @returns how many labels were made
 */
export async function insertImportedLabels(
  tx: Transaction,
  by: { projectId: string; userId: string; importId: string },
  given: readonly PlacedLabel[],
): Promise<number> {
  const labels = await withCorrections(tx, given);
  await insertLabelRows(tx, by, labels);
  await insertAnswerRows(tx, by.projectId, labels);
  const presented = labels.flatMap(({ id, at, label }) =>
    label.shownOrder.map((place, position) => ({ id, position, completionId: at.completionIds[place] ?? "" })),
  );
  await tx.$executeRaw`
    INSERT INTO "LabelPresentation" ("labelId", "completionId", "position")
    SELECT * FROM unnest(${presented.map(({ id }) => id)}::uuid[],
                         ${presented.map(({ completionId }) => completionId)}::uuid[],
                         ${presented.map(({ position }) => position)}::int[])`;
  const excluded = labels.flatMap(({ id, label: { excluded } }) => (excluded === null ? [] : [{ id, excluded }]));
  if (excluded.length > 0)
    await tx.exclusion.createMany({
      data: excluded.map(({ id, excluded: reason }) => {
        return { projectId: by.projectId, labelId: id, reason, createdById: by.userId };
      }),
    });
  return labels.length;
}

/** Leaves out what a later label of the same person has corrected already, and says of each label which one it corrects. */
async function withCorrections(tx: Transaction, given: readonly PlacedLabel[]): Promise<NewLabel[]> {
  const oldTasks = [...new Set(given.flatMap(({ at }) => (at.isNew ? [] : [at.id])))];
  const present = await tx.$queryRaw<{ id: string; taskId: string; person: string; createdAt: Date }[]>`
    SELECT "id", "taskId", "sourceAnnotatorId" AS "person", "createdAt" FROM "LiveLabel"
    WHERE "taskId" = ANY(${oldTasks}::uuid[]) AND "importId" IS NOT NULL AND "sourceAnnotatorId" IS NOT NULL`;
  const keyOf = (taskId: string, person: string) => `${taskId} ${person}`;
  const last = new Map(present.map(({ id, taskId, person, createdAt }) => [keyOf(taskId, person), { id, createdAt }]));
  const dated = given.map((one) => ({ ...one, createdAt: dateOf(one.label) }));
  return dated
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .flatMap(({ createdAt, ...one }): NewLabel[] => {
      const person = one.label.annotator.id;
      const id = newId();
      if (person === null) return [{ ...one, id, supersedesId: null }];
      const key = keyOf(one.at.id, person);
      const earlier = last.get(key);
      if (earlier && earlier.createdAt > createdAt) return [];
      last.set(key, { id, createdAt });
      return [{ ...one, id, supersedesId: earlier?.id ?? null }];
    });
}

/** When the label was given: as the file says, but never in the future; now, where the file does not say. */
function dateOf({ createdAt }: FileLabel): Date {
  const now = new Date();
  const said = createdAt === null ? now : new Date(createdAt);
  return said < now ? said : now;
}

async function insertLabelRows(
  tx: Transaction,
  { projectId, userId, importId }: { projectId: string; userId: string; importId: string },
  labels: readonly NewLabel[],
): Promise<void> {
  const column = <Value>(read: (label: FileLabel) => Value) => labels.map(({ label }) => read(label));
  await tx.$executeRaw`
    INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "importId", "supersedesId",
                         "sourceId", "sourceAnnotatorId", "sourceAnnotator", "note", "flagged", "durationMs", "createdAt")
    SELECT id, ${projectId}::uuid, task_id, ${userId}::uuid, kind, id, ${importId}::uuid, supersedes_id, source_id,
           person_id, person, note, flagged, duration_ms, created_at
    FROM unnest(${labels.map(({ id }) => id)}::uuid[], ${labels.map(({ at }) => at.id)}::uuid[],
                ${column(({ answer }) => toLabelKind(answer.kind))}::text[],
                ${labels.map(({ supersedesId }) => supersedesId)}::uuid[], ${column(({ id }) => id)}::text[],
                ${column(({ annotator }) => annotator.id)}::text[], ${column(({ annotator }) => annotator.name)}::text[],
                ${column(({ note }) => note)}::text[], ${column(({ flagged }) => flagged)}::bool[],
                ${column(({ durationMs }) => durationMs)}::int[],
                ${column((label) => dateOf(label).toISOString().slice(0, -1))}::timestamp[])
         AS new(id, task_id, kind, supersedes_id, source_id, person_id, person, note, flagged, duration_ms, created_at)`;
}

type OfKind<Kind extends FileAnswer["kind"]> = NewLabel & { answer: Extract<FileAnswer, { kind: Kind }> };

async function insertAnswerRows(tx: Transaction, projectId: string, labels: readonly NewLabel[]): Promise<void> {
  const ofKind = <Kind extends FileAnswer["kind"]>(kind: Kind) =>
    labels.flatMap((one) =>
      one.label.answer.kind === kind ? [{ ...one, answer: one.label.answer } as OfKind<Kind>] : [],
    );
  await insertComparisons(tx, ofKind("comparison"));
  const ranks = ofKind("ranking").flatMap(({ id, at, answer }) =>
    answer.ranks.map((rank, place) => ({ id, completionId: at.completionIds[place] ?? "", rank })),
  );
  await tx.$executeRaw`
    INSERT INTO "RankingEntry" ("labelId", "completionId", "rank")
    SELECT * FROM unnest(${ranks.map(({ id }) => id)}::uuid[],
                         ${ranks.map(({ completionId }) => completionId)}::uuid[], ${ranks.map(({ rank }) => rank)}::int[])`;
  const scores = ofKind("rating").flatMap(({ id, at, answer }) =>
    answer.scores.map(({ completion, criterion, score }) => {
      const cell = { completionId: at.completionIds[completion] ?? "", criterionId: at.criterionIds[criterion] ?? "" };
      return { id, ...cell, score };
    }),
  );
  await tx.$executeRaw`
    INSERT INTO "RatingScore" ("labelId", "completionId", "criterionId", "score")
    SELECT * FROM unnest(${scores.map(({ id }) => id)}::uuid[],
                         ${scores.map(({ completionId }) => completionId)}::uuid[],
                         ${scores.map(({ criterionId }) => criterionId)}::uuid[],
                         ${scores.map(({ score }) => score)}::int[])`;
  await insertDemonstrations(tx, projectId, ofKind("demonstration"));
}

async function insertComparisons(tx: Transaction, labels: readonly OfKind<"comparison">[]): Promise<void> {
  const rows = labels.map(({ id, at, answer }) => {
    if (answer.outcome !== "chosen")
      return { id, outcome: answer.outcome, strength: null, margin: null, chosen: null, rejected: null };
    const [chosen, rejected] = [at.completionIds[answer.chosen] ?? null, at.completionIds[answer.rejected] ?? null];
    return { id, outcome: answer.outcome, strength: answer.strength, margin: answer.margin, chosen, rejected };
  });
  await tx.$executeRaw`
    INSERT INTO "ComparisonLabel" ("labelId", "outcome", "strength", "margin", "chosenCompletionId", "rejectedCompletionId")
    SELECT label_id, outcome::"ComparisonOutcome", strength::"ComparisonStrength", margin, chosen, rejected
    FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ outcome }) => outcome)}::text[],
                ${rows.map(({ strength }) => strength)}::text[], ${rows.map(({ margin }) => margin)}::float8[],
                ${rows.map(({ chosen }) => chosen)}::uuid[], ${rows.map(({ rejected }) => rejected)}::uuid[])
         AS new(label_id, outcome, strength, margin, chosen, rejected)`;
}

async function insertDemonstrations(
  tx: Transaction,
  projectId: string,
  labels: readonly OfKind<"demonstration">[],
): Promise<void> {
  const completions = await completionsOfImport(
    tx,
    projectId,
    labels.map(({ promptId, answer }) => ({ promptId, completions: [answer.completion] })),
  );
  const rewritten = labels.map(({ at, answer }) =>
    answer.rewriteOf === null ? null : (at.completionIds[answer.rewriteOf] ?? null),
  );
  await tx.$executeRaw`
    INSERT INTO "DemonstrationLabel" ("labelId", "completionId", "rewriteOfCompletionId", "trainOnAllTurns")
    SELECT * FROM unnest(${labels.map(({ id }) => id)}::uuid[], ${completions.map(([id]) => id)}::uuid[],
                         ${rewritten}::uuid[], ${labels.map(({ answer }) => answer.trainOnAllTurns)}::bool[])`;
  const turns = labels.flatMap(({ id, answer }) => answer.turns.map((turn, position) => ({ id, position, ...turn })));
  await tx.$executeRaw`
    INSERT INTO "DemonstrationMessage" ("labelId", "position", "role", "content")
    SELECT label_id, position, role::"MessageRole", content
    FROM unnest(${turns.map(({ id }) => id)}::uuid[], ${turns.map(({ position }) => position)}::int[],
                ${turns.map(({ role }) => role)}::text[], ${turns.map(({ content }) => content)}::text[])
         AS new(label_id, position, role, content)`;
}
