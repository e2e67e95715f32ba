import type { Generation } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import { distinctTexts } from "../tasks/distinct-texts";
import { insertTasks } from "../tasks/insert-tasks";

interface Written {
  id: string;
  promptId: string;
  content: string;
}

/**
 * Makes comparison tasks from what was generated. Within one generation the distinct completions of a prompt are paired
 * off (first with second, third with fourth); in a next round sample i of the new model meets sample i of the previous
 * one. Two completions of the same text give no task, for nobody could tell them apart, nor does a completion without
 * text, from which nothing could be learned: such prompts are counted.
 */
export async function makeComparisonTasks(
  tx: Transaction,
  generation: Pick<Generation, "id" | "projectId" | "requiredLabels" | "requestedById" | "pairedWithId">,
): Promise<{ taskCount: number; identicalCount: number }> {
  const own = await readCompletions(tx, generation.id);
  const others = generation.pairedWithId ? await readCompletions(tx, generation.pairedWithId) : null;
  let identicalCount = 0;
  const pairs: [Written, Written][] = [];
  for (const [promptId, completions] of own) {
    const found = others ? opposite(completions, others.get(promptId) ?? []) : pairedOff(completions);
    if (found.length === 0) identicalCount += 1;
    pairs.push(...found);
  }
  const { created } = await insertTasks(tx, {
    projectId: generation.projectId,
    createdById: generation.requestedById,
    kind: "comparison",
    requiredLabels: generation.requiredLabels,
    rubricId: null,
    tasks: pairs.map((pair) => ({
      promptId: pair[0].promptId,
      completionIds: pair.map(({ id }) => id),
      generationId: generation.id,
    })),
  });
  return { taskCount: created, identicalCount };
}

async function readCompletions(tx: Transaction, generationId: string): Promise<Map<string, Written[]>> {
  const rows = await tx.completion.findMany({
    where: { generationId },
    orderBy: [{ promptId: "asc" }, { sampleIndex: "asc" }],
    select: { id: true, promptId: true, content: true },
  });
  const byPrompt = new Map<string, Written[]>();
  for (const row of rows) byPrompt.set(row.promptId, [...(byPrompt.get(row.promptId) ?? []), row]);
  return byPrompt;
}

function pairedOff(completions: Written[]): [Written, Written][] {
  const distinct = distinctTexts(completions);
  const pairs: [Written, Written][] = [];
  for (let i = 0; i + 1 < distinct.length; i += 2) pairs.push([distinct[i] as Written, distinct[i + 1] as Written]);
  return pairs;
}

function opposite(own: Written[], others: Written[]): [Written, Written][] {
  return own.flatMap((one, index): [Written, Written][] => {
    const other = others[index];
    return other && distinctTexts([one, other]).length === 2 ? [[one, other]] : [];
  });
}
