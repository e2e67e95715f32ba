import { DEMO_PROJECT } from "@/domain/demo/project";
import type { Transaction } from "../database/client";
import { insertPrompts } from "../prompts/insert-prompts";

/** Fills a new project with the demo's guidelines and prompts. */
export async function loadDemo(tx: Transaction, { projectId, userId }: { projectId: string; userId: string }) {
  await tx.guidelineVersion.create({
    data: { projectId, version: 1, markdown: DEMO_PROJECT.guidelines, authorId: userId },
  });
  await insertPrompts(tx, {
    projectId,
    source: "demo",
    importId: null,
    prompts: DEMO_PROJECT.prompts.map(({ taskType, text }) => ({
      taskType,
      messages: [{ role: "user" as const, content: text }],
    })),
  });
}
