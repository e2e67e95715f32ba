import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DomainError } from "@/domain/errors";
import { performEvaluation } from "@/server/evaluations/perform-evaluation";
import { performExport } from "@/server/exports/perform-export";
import { performGeneration } from "@/server/generations/perform-generation";
import { performInspection } from "@/server/inspections/perform-inspection";
import { noteComputing, watchCancellations } from "@/server/jobs/cancel-watch";
import { type AboutWorker, JobProcesses } from "@/server/jobs/job-process";
import { settleIfCancelled } from "@/server/jobs/perform-job";
import type { WorkerRole } from "@/server/jobs/queue";
import { train } from "@/server/jobs/queues/train";
import { type JobHandlers, serve } from "@/server/jobs/serve";
import { endWithWorker, serveOneJob } from "@/server/jobs/serve-one-job";
import { logger } from "@/server/logger";
import { performPlayground } from "@/server/playground/perform-playground";
import { performImport } from "@/server/prompts/perform-import";
import { performPreview } from "@/server/prompts/perform-preview";
import { removeStaleImports } from "@/server/prompts/remove-stale-imports";
import { performRun } from "@/server/runs/perform-run";
import { performScoring } from "@/server/scores/perform-scoring";

interface Worker<Role extends WorkerRole> {
  handlers: JobHandlers<Role>;
  about: AboutWorker;
  /** Aborts when the process can't work any more and is to be started anew. */
  failed?: AbortSignal;
}

/**
 * The trainer's processes, the bridge between the queue and the recipes: `worker.ts training` trains, `worker.ts
 * generation` writes, scores and exports what people wait for and what they will label. They are two, because a
 * training step blocks its process. Each run trains in a further process (`worker.ts run`), which gives its memory back
 * by ending.
 *
 * Each process imports the computing code only if it needs it; the one that waits for runs does without.
 */
const ROLES: { [Role in WorkerRole]: () => Promise<Worker<Role>> } = {
  training: async () => {
    keepUploadsForADay();
    const runs = new JobProcesses(() =>
      fork(fileURLToPath(import.meta.url), ["run"], { stdio: ["ignore", "inherit", "inherit", "ipc"] }),
    );
    const handlers: JobHandlers<"training"> = {
      train: {
        atOnce: 1,
        perform: (id, signal) =>
          runs.perform(id, signal).catch(async (error: unknown) => {
            if (!(await settleIfCancelled(train, id))) throw error;
          }),
      },
      // This process computes nothing, so that it has time to read files; a run trains in a process of its own.
      preview: { atOnce: 3, perform: (id, signal) => performPreview(id, { signal }) },
      import: { atOnce: 1, perform: (id, signal) => performImport(id, { signal }) },
    };
    return { handlers, about: await runs.ready(), failed: runs.failed };
  },
  generation: async () => {
    const about = await loadEngine();
    const { createLanguageModels } = await import("./worker/language-models");
    const { writeExport } = await import("./worker/write-export");
    const { inspectModel } = await import("./worker/inspect-model");
    const { writeText, scoreCompletions, evaluateModel } = createLanguageModels();
    const handlers: JobHandlers<"generation"> = {
      generate: { atOnce: 1, perform: (id, signal) => performGeneration(id, { writeText, signal }) },
      evaluate: { atOnce: 1, perform: (id, signal) => performEvaluation(id, { evaluateModel, signal }) },
      score: { atOnce: 1, perform: (id, signal) => performScoring(id, { scoreCompletions, signal }) },
      export: { atOnce: 1, perform: (id, signal) => performExport(id, { writeExport, signal }) },
      inspect: { atOnce: 1, perform: (id, signal) => performInspection(id, { inspectModel, signal }) },
      playground: {
        atOnce: 2,
        perform: (id, signal) => performPlayground(id, { writeText, scoreCompletions, signal }),
      },
    };
    return { handlers, about };
  },
};

/** Trains one run, in a process that the training worker started. */
async function serveOneRun(): Promise<void> {
  endWithWorker();
  const about = await loadEngine();
  const { runTraining } = await import("./run-training");
  await serveOneJob(about, (id, signal) => performRun(id, { train: runTraining, backend: about.backend, signal }));
}

/** Looks every hour whether there are uploads that nobody has imported within a day. */
function keepUploadsForADay(): void {
  const look = () => removeStaleImports().catch((err) => logger.warn({ err }, "old uploads were not removed"));
  void look();
  setInterval(look, 3_600_000).unref();
}

async function loadEngine(): Promise<AboutWorker> {
  const { describeBackend, loadBackend } = await import("./engine/backend");
  const backend = await loadBackend();
  const { watchComputing } = await import("./engine/compile");
  watchComputing(noteComputing);
  return { backend: backend.kind, detail: describeBackend(backend) };
}

function readRole(): WorkerRole | "run" {
  const { values, positionals } = parseArgs({ options: { role: { type: "string" } }, allowPositionals: true });
  const role = values.role ?? positionals[0];
  if (role === "training" || role === "generation" || role === "run") return role;
  throw new DomainError("role-invalid", `worker.ts: the role must be training or generation, not "${role ?? ""}"`);
}

async function serveRole<Role extends WorkerRole>(role: Role): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ending.abort());
  // The script that started this process may die, even by kill -9; then nobody looks after this process any more.
  process.once("disconnect", () => ending.abort());
  const { handlers, about, failed } = await ROLES[role]();
  await serve(role, handlers, about, failed ? AbortSignal.any([ending.signal, failed]) : ending.signal);
  failed?.throwIfAborted();
}

try {
  const role = readRole();
  watchCancellations(new URL("../server/jobs/cancel-watch-thread.mjs", import.meta.url));
  await (role === "run" ? serveOneRun() : serveRole(role));
  process.exit(0);
} catch (err) {
  logger.error({ err }, err instanceof DomainError ? err.userMessage : "the worker ended");
  process.exit(1);
}
