import { z } from "zod";
import { labelKindSchema } from "@/domain/labels/kinds";
import { skipReasonSchema } from "@/domain/labels/skip-reason";
import { labelSubmissionSchema } from "@/domain/labels/submission";
import { correctLabel } from "../labels/correct-label";
import { countLabelExport } from "../labels/export-labels";
import { labelProgress } from "../labels/label-progress";
import { listLabels, listMyLabels } from "../labels/list-labels";
import { nextTask } from "../labels/next-task";
import { giveBackTasks, renewLease } from "../labels/renew-lease";
import { reopenLabel } from "../labels/reopen-label";
import { saveDraft } from "../labels/save-draft";
import { skipTask, unskipTask } from "../labels/skip-task";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { projectAdmin, projectMember, router } from "./trpc";

const pageOf = { cursor: z.uuid().nullish(), limit: z.number().int().min(1).max(200).default(50) };

export const labelsRouter = router({
  next: projectMember
    .input(
      z.object({
        kind: labelKindSchema.optional(),
        exclude: z.array(z.uuid()).max(100).default([]),
        isAhead: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) =>
      nextTask({ actor: ctx.actor, kind: input.kind, exclude: input.exclude, isAhead: input.isAhead }),
    ),

  exportCounts: projectAdmin.query(({ ctx }) => countLabelExport(ctx.actor)),

  progress: projectMember.query(({ ctx }) => labelProgress(ctx.actor)),

  submit: projectMember
    .input(labelSubmissionSchema)
    .mutation(({ ctx, input }) => submitLabel({ actor: ctx.actor, submission: input })),

  withdraw: projectMember
    .input(z.object({ labelId: z.uuid() }))
    .mutation(({ ctx, input }) => withdrawLabel({ actor: ctx.actor, labelId: input.labelId })),

  correct: projectMember
    .input(z.object({ labelId: z.uuid() }))
    .input(labelSubmissionSchema)
    .mutation(({ ctx, input }) => correctLabel({ actor: ctx.actor, labelId: input.labelId, submission: input })),

  reopen: projectMember
    .input(z.object({ labelId: z.uuid() }))
    .query(({ ctx, input }) => reopenLabel({ actor: ctx.actor, labelId: input.labelId })),

  skip: projectMember
    .input(z.object({ taskId: z.uuid(), reason: skipReasonSchema }))
    .mutation(({ ctx, input }) => skipTask({ actor: ctx.actor, taskId: input.taskId, reason: input.reason })),

  unskip: projectMember
    .input(z.object({ taskId: z.uuid() }))
    .mutation(({ ctx, input }) => unskipTask({ actor: ctx.actor, taskId: input.taskId })),

  giveBack: projectMember
    .input(z.object({ taskIds: z.array(z.uuid()).max(20) }))
    .mutation(({ ctx, input }) => giveBackTasks({ actor: ctx.actor, taskIds: input.taskIds })),

  saveDraft: projectMember
    .input(z.object({ taskId: z.uuid(), content: z.string().max(200_000) }))
    .mutation(({ ctx, input }) => saveDraft({ actor: ctx.actor, taskId: input.taskId, content: input.content })),

  renewLease: projectMember
    .input(z.object({ taskId: z.uuid() }))
    .mutation(({ ctx, input }) => renewLease({ actor: ctx.actor, taskId: input.taskId })),

  mine: projectMember
    .input(z.object(pageOf))
    .query(({ ctx, input }) => listMyLabels({ actor: ctx.actor, cursor: input.cursor, limit: input.limit })),

  list: projectAdmin
    .input(
      z.object({
        ...pageOf,
        taskId: z.uuid().optional(),
        promptId: z.uuid().optional(),
        datasetVersionId: z.uuid().optional(),
        annotatorId: z.uuid().optional(),
      }),
    )
    .query(({ ctx, input }) => listLabels({ ...input, actor: ctx.actor })),
});
