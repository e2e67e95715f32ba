import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isDomainError } from "@/domain/errors";
import type { RunConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { holdFolder } from "../file-formats/hold-folder";

/** The task that the parent hands to a cell's process. */
export interface CellTask {
  /** The configuration, with absolute paths. */
  config: RunConfig;
  outputDir: string;
  referenceFolder: string;
}

type FromChild = { event: RunEvent } | { failed: string; stopped: boolean };
const STOP = "stop";

export type CellEnd = { status: "finished" } | { status: "stopped" } | { status: "failed"; error: string };

/**
 * Trains in a process of its own, which gives all its memory back at the end. Aborting the signal makes the process
 * write a checkpoint and end.
 */
export function runCellInProcess(
  task: CellTask,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<CellEnd> {
  const entry = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, entry, "sweep-cell", JSON.stringify(task)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced", // JSON would turn NaN into null
  });
  const stop = () => child.connected && child.send(STOP);
  signal.addEventListener("abort", stop);
  let end: CellEnd | null = null;
  child.on("message", (message: FromChild) => {
    if ("event" in message) {
      onEvent(message.event);
      if (message.event.type === "finished") end = { status: "finished" };
    } else end = message.stopped ? { status: "stopped" } : { status: "failed", error: message.failed };
  });
  return new Promise<CellEnd>((resolve) => {
    child.once("error", (error) =>
      resolve({ status: "failed", error: `its process does not start (${error.message})` }),
    );
    child.once("close", (code, killedBy) => {
      if (end && (end.status !== "finished" || code === 0)) resolve(end);
      else resolve({ status: "failed", error: `its process ended with ${killedBy ?? code}` });
    });
  }).finally(() => signal.removeEventListener("abort", stop));
}

/** Trains a cell; this is the body of the child process. */
export async function trainCell({ config, ...folders }: CellTask): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  // A terminal's Ctrl-C reaches this process too, but the parent decides when it ends. A process whose parent has gone
  // ends with a checkpoint as well.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  process.on("SIGHUP", ignore);
  process.on("SIGTERM", stop);
  process.on("message", (message) => message === STOP && stop());
  process.on("disconnect", stop);
  const tell = (message: FromChild) =>
    new Promise<void>((resolve) => {
      if (!process.send || !process.connected) return resolve();
      process.send(message, () => resolve());
    });
  try {
    const { runTraining } = await import("../run-training");
    await holdFolder(folders.outputDir, "a run", () =>
      runTraining(config, {
        ...folders,
        resume: true,
        signal: controller.signal,
        trustModules: true,
        onEvent: (event) => (event.type === "rollouts" ? undefined : tell({ event })),
      }),
    );
  } catch (error) {
    // A fault of the program has its trace on standard error; the table keeps one line.
    if (!isDomainError(error)) console.error(error);
    const failed = isDomainError(error) ? error.userMessage : String(error);
    await tell({ failed: failed.replaceAll(/\s*\n\s*/g, " "), stopped: controller.signal.aborted });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}
