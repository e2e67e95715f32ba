import type { Demonstration } from "@/domain/labels/demonstration";
import { Prisma } from "@/generated/prisma/client";
import { type KindRows, present, type RowOf } from "./kind-rows";

const select = {
  demonstration: {
    select: {
      completionId: true,
      rewriteOfCompletionId: true,
      trainOnAllTurns: true,
      completion: { select: { content: true } },
      turns: { orderBy: { position: "asc" }, select: { role: true, content: true } },
    },
  },
} as const satisfies Prisma.LabelSelect;
type Row = RowOf<typeof select>;

const json = Prisma.sql`
  (SELECT json_build_object(
     'completionId', d."completionId", 'rewriteOfCompletionId', d."rewriteOfCompletionId",
     'trainOnAllTurns', d."trainOnAllTurns", 'completion', json_build_object('content', written."content"),
     'turns', coalesce((SELECT json_agg(json_build_object('role', m."role", 'content', m."content") ORDER BY m."position")
                        FROM "DemonstrationMessage" m WHERE m."labelId" = d."labelId"), '[]'))
   FROM "DemonstrationLabel" d JOIN "Completion" written ON written."id" = d."completionId"
   WHERE d."labelId" = l."id")`;

const rowOf = ({ id, demonstration }: Row) => present(id, demonstration, "demonstration");

function read(row: Row): Demonstration {
  const { completion, turns, trainOnAllTurns, rewriteOfCompletionId } = rowOf(row);
  return { content: completion.content, turns, trainOnAllTurns, rewriteOfCompletionId };
}

export const demonstrationRows = {
  select,
  json,
  /**
   * The answer is a completion of the prompt, like any other one. A completion that was cut at the token limit and is
   * taken over without a change stays cut.
   */
  insert: async ({ content, turns, trainOnAllTurns, rewriteOfCompletionId }, { tx, projectId, promptId, userId }) => {
    const original = rewriteOfCompletionId
      ? await tx.completion.findUniqueOrThrow({ where: { id: rewriteOfCompletionId } })
      : null;
    const finished = original?.content.trim() === content.trim() ? original.finished : true;
    const completion = await tx.completion.create({
      data: { projectId, promptId, origin: "person", authorId: userId, content, finished },
      select: { id: true },
    });
    const messages = turns.map((turn, position) => ({ ...turn, position }));
    return {
      demonstration: {
        create: {
          completionId: completion.id,
          trainOnAllTurns,
          rewriteOfCompletionId,
          turns: { createMany: { data: messages } },
        },
      },
    };
  },
  read,
  toConvertible: (label, row) => ({
    ...label,
    kind: "demonstration",
    completionId: rowOf(row).completionId,
    demonstration: read(row),
  }),
} satisfies KindRows<"demonstration", Row>;
