import { parseArgs } from "node:util";
import { DomainError } from "@/domain/errors";
import { performEvaluation } from "@/server/evaluations/perform-evaluation";
import { performExport } from "@/server/exports/perform-export";
import { performGeneration } from "@/server/generations/perform-generation";
import type { WorkerRole } from "@/server/jobs/queues";
import { type JobHandlers, serve } from "@/server/jobs/serve";
import { logger } from "@/server/logger";
import { performPlayground } from "@/server/playground/perform-playground";
import { performRun } from "@/server/runs/perform-run";
import { performScoring } from "@/server/scores/perform-scoring";
import { type Backend, describeBackend, loadBackend } from "./engine/backend";
import { runTraining } from "./run-training";
import { createLanguageModels } from "./worker/language-models";
import { writeExport } from "./worker/write-export";

/**
 * The trainer's processes, the bridge between the queue and the recipes: `worker.ts training` trains, `worker.ts
 * generation` writes, scores and exports what people wait for and what they will label. Two, because a training step blocks its process.
 */
const ROLES: Record<WorkerRole, (backend: Backend) => JobHandlers> = {
  training: ({ kind }) => ({
    train: { atOnce: 1, perform: (id, signal) => performRun(id, { train: runTraining, backend: kind, signal }) },
  }),
  generation: () => {
    const { writeText, scoreCompletions, evaluateModel } = createLanguageModels();
    return {
      generate: { atOnce: 1, perform: (id, signal) => performGeneration(id, { writeText, signal }) },
      evaluate: { atOnce: 1, perform: (id, signal) => performEvaluation(id, { evaluateModel, signal }) },
      score: { atOnce: 1, perform: (id, signal) => performScoring(id, { scoreCompletions, signal }) },
      export: { atOnce: 1, perform: (id, signal) => performExport(id, { writeExport, signal }) },
      playground: {
        atOnce: 2,
        perform: (id, signal) => performPlayground(id, { writeText, scoreCompletions, signal }),
      },
    };
  },
};

function readRole(): WorkerRole {
  const { values, positionals } = parseArgs({ options: { role: { type: "string" } }, allowPositionals: true });
  const role = values.role ?? positionals[0];
  if (role === "training" || role === "generation") return role;
  throw new DomainError("role-invalid", `worker.ts: the role must be training or generation, not "${role ?? ""}"`);
}

const ending = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ending.abort());
// Started by a script that then died, even by kill -9: nobody looks after this process any more.
process.once("disconnect", () => ending.abort());

try {
  const role = readRole();
  const backend = await loadBackend();
  if (backend.note) logger.warn(backend.note);
  await serve(role, ROLES[role](backend), { backend: backend.kind, detail: describeBackend(backend) }, ending.signal);
  process.exit(0);
} catch (err) {
  logger.error({ err }, err instanceof DomainError ? err.userMessage : "the worker ended");
  process.exit(1);
}
