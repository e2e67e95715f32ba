import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { labelPerson, namedPersonSelect } from "../labels/label-person";
import { labelSummarySelect, summariseLabel } from "../labels/label-row";
import { messagesInOrder, promptText } from "../prompts/prompt-text";
import { type ExclusionTarget, targetOf, withoutNamedPeople } from "./exclusion-target";

/**
 * The limit is enough for a page; an instance with more exclusions than this excludes people or tasks rather than
 * labels.
 */
const SHOWN = 500;
const LIFTED_SHOWN = 50;

export interface ExclusionRow {
  id: string;
  target: ExclusionTarget;
  /** The person whose labels are excluded, where the exclusion is of one person's. */
  annotator: { id: string | null; name: string } | null;
  /** The prompt whose labels are excluded, where the exclusion is of one task's. */
  prompt: { id: string; text: string } | null;
  /** The label's answer in words, where the exclusion is of one label. */
  outcome: string | null;
  /** The number of live labels that the exclusion is of now. */
  labelCount: number;
  reason: string;
  createdBy: { id: string; name: string };
  createdAt: Date;
  liftedAt: Date | null;
}

/** Lists the exclusions in force, newest first, then the ones lifted last. */
export async function listExclusions(actor: ProjectActor): Promise<ExclusionRow[]> {
  const { projectId } = requireAdmin(actor);
  const select = selectOf(projectId);
  const [active, lifted] = await Promise.all([
    database().exclusion.findMany({
      where: { projectId, liftedAt: null },
      orderBy: { id: "desc" },
      take: SHOWN,
      select,
    }),
    database().exclusion.findMany({
      where: { projectId, liftedAt: { not: null } },
      orderBy: { liftedAt: "desc" },
      take: LIFTED_SHOWN,
      select,
    }),
  ]);
  return [...active, ...lifted].map(toRow);
}

const selectOf = (projectId: string) => {
  const live = { projectId, withdrawal: null, supersededBy: null };
  return {
    id: true,
    labelId: true,
    taskId: true,
    annotatorId: true,
    reason: true,
    createdAt: true,
    liftedAt: true,
    createdBy: { select: { id: true, name: true } },
    label: { select: { ...labelSummarySelect, ...namedPersonSelect } },
    task: {
      select: {
        prompt: { select: { id: true, messages: messagesInOrder } },
        _count: { select: { labels: { where: live } } },
      },
    },
    annotator: {
      select: { id: true, name: true, _count: { select: { labels: { where: { ...live, ...withoutNamedPeople } } } } },
    },
  } as const satisfies Prisma.ExclusionSelect;
};

function toRow(row: Prisma.ExclusionGetPayload<{ select: ReturnType<typeof selectOf> }>): ExclusionRow {
  const { id, reason, createdBy, createdAt, liftedAt, label, task, annotator } = row;
  const prompt = (label?.task ?? task)?.prompt;
  const summary = label && summariseLabel(label);
  const person = label ? labelPerson(label) : annotator;
  return {
    id,
    reason,
    createdBy,
    createdAt,
    liftedAt,
    target: targetOf(row),
    annotator: person && { id: person.id, name: person.name },
    prompt: prompt ? { id: prompt.id, text: promptText(prompt.messages) } : null,
    outcome: summary?.outcome ?? null,
    labelCount: summary
      ? Number(!summary.superseded && !summary.withdrawn)
      : (task?._count.labels ?? annotator?._count.labels ?? 0),
  };
}
