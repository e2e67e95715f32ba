import type { RunEvent, RunPhase } from "@/domain/runs/run-events";

type Progress = { message: string; bytes?: number; totalBytes?: number };

/** Turns a callback's progress into events of a run while a promise is on its way. */
export async function* yieldProgress<Result>(
  phase: RunPhase,
  start: (onProgress: (progress: Progress) => void) => Promise<Result>,
): AsyncGenerator<RunEvent, Result> {
  let latest: Progress | null = null;
  let wake: () => void = () => undefined;
  const result = start((progress) => {
    latest = progress;
    wake();
  });
  let running = true;
  const ended = result.then(
    () => undefined,
    () => undefined, // the await below throws the promise's error
  );
  while (running) {
    const news = new Promise<"news">((resolve) => {
      wake = () => resolve("news");
    });
    if (!latest) running = (await Promise.race([news, ended])) === "news";
    const current: Progress | null = latest;
    latest = null;
    if (current) yield toEvent(phase, current);
  }
  return await result;
}

function toEvent(phase: RunPhase, { message, bytes, totalBytes }: Progress): RunEvent {
  return { type: "phase", phase, message, ...(totalBytes ? { done: bytes ?? 0, total: totalBytes } : {}) };
}
