import type { RunEvent } from "@/domain/runs/run-events";
import { storableText } from "@/domain/storable-text";
import type { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import type { RunMessage } from "./watch-run";

/** Figures are written together, at most this often: a tiny model makes a hundred steps a second. */
const WRITE_EVERY_MILLISECONDS = 300;

/**
 * Writes what a run says into its rows and tells those who watch. The caller must await `record`: training blocks the
 * process between its events, so this is the moment in which the database can be spoken to.
 */
export class RunProgress {
  private state: Prisma.TrainingRunUpdateInput = {};
  private stateChanged = false;
  private figures: { step: number; values: Record<string, number> }[] = [];
  private lines: { level: string; message: string }[] = [];
  /** The newest iteration whose rollouts nobody was told of yet. */
  private iteration: number | undefined;
  private phase: string | undefined;
  private writtenAt = 0;
  private writing: Promise<void> = Promise.resolve();
  /** Becomes true once a person has asked the run to end. */
  cancelRequested = false;

  constructor(
    private readonly runId: string,
    private readonly now: () => number = Date.now,
  ) {}

  async record(event: RunEvent): Promise<void> {
    if (event.type === "phase") {
      this.set({ activity: `${event.message}${describeShare(event)}` });
    } else if (event.type === "resolved") {
      this.set({ totalSteps: event.totalSteps });
      this.log("info", describeLedger(event));
      for (const { text } of event.reasons) this.log("info", text);
      for (const warning of event.warnings) this.log("warn", warning.message);
      for (const { message, count, lines } of event.ledger.leftOut)
        this.log("warn", `${count} left out: ${message}${lines.length ? ` (${lines.join(", ")})` : ""}`);
    } else if (event.type === "step") {
      const { step, totalSteps, etaSeconds, tokensPerSecond, tokens } = event;
      this.set({ step, totalSteps, etaSeconds, tokensPerSecond, activity: "training" });
      this.figures.push({ step, values: finite({ ...event.metrics, tokensPerSecond, tokens }) });
    } else if (event.type === "evaluation") {
      this.figures.push({ step: event.step, values: finite(event.metrics) });
    } else if (event.type === "rollouts") this.iteration = event.step;
    else if (event.type === "notice") this.log(event.level, event.message);
    else if (event.type === "checkpoint") this.log("info", `Checkpoint after step ${event.step}.`);
    else if (event.type === "finished") {
      this.set({ step: event.step }); // the run may have ended with an earlier checkpoint, or sooner than planned
      this.log("info", `Finished ${event.step} steps in ${Math.round(event.seconds)} s.`);
    }
    const frequent =
      event.type === "step" || event.type === "rollouts" || (event.type === "phase" && event.phase === this.phase);
    if (event.type === "phase") this.phase = event.phase;
    if (!frequent || this.now() - this.writtenAt >= WRITE_EVERY_MILLISECONDS) await this.write();
  }

  log(level: "info" | "warn" | "error", message: string): void {
    this.lines.push({ level, message });
  }

  set(state: Prisma.TrainingRunUpdateInput): void {
    Object.assign(this.state, state);
    this.stateChanged = true;
  }

  /** Brings everything recorded so far into the database, marks the run as alive and looks whether it is to end. */
  write(): Promise<void> {
    const afterLast = this.writing.catch(() => undefined); // the earlier write's failure went to its own caller
    this.writing = afterLast.then(() => this.writeNow());
    return this.writing;
  }

  private async writeNow(): Promise<void> {
    const { state, stateChanged, figures, lines, iteration, runId } = this;
    this.state = {};
    this.stateChanged = false;
    this.figures = [];
    this.lines = [];
    this.iteration = undefined;
    this.writtenAt = this.now();
    const keep = () => {
      this.state = { ...state, ...this.state };
      this.stateChanged ||= stateChanged;
      this.figures.unshift(...figures);
      this.lines.unshift(...lines);
      this.iteration ??= iteration;
    };
    await database()
      .$transaction(async (tx) => {
        const run = await tx.trainingRun.update({
          where: { id: runId },
          data: { ...state, heartbeatAt: new Date() },
          select: { cancelRequestedAt: true },
        });
        this.cancelRequested ||= run.cancelRequestedAt !== null;
        if (figures.length) await insertFigures(tx, runId, figures);
        const say = (message: RunMessage) => notify(tx, jobChannel("run", runId), message);
        for (const { step, values } of figures) await say({ type: "metrics", step, values });
        for (const data of lines) {
          const { id, level, message, createdAt } = await tx.runLogLine.create({
            data: { ...data, message: storableText(data.message), runId },
          });
          await say({ type: "log", line: { id: String(id), level, message, createdAt } });
        }
        if (iteration !== undefined) await say({ type: "rollouts", iteration });
        if (stateChanged) await say({ type: "state" });
      })
      .catch((error) => {
        keep(); // the next write takes all of it again
        throw error;
      });
  }
}

/** A resumed run repeats the steps after its checkpoint; their figures replace the earlier ones. */
async function insertFigures(
  tx: Prisma.TransactionClient,
  runId: string,
  figures: { step: number; values: Record<string, number> }[],
): Promise<void> {
  const rows = figures.flatMap(({ step, values }) =>
    Object.entries(values).map(([name, value]) => ({ step, name, value })),
  );
  const unique = [...new Map(rows.map((row) => [`${row.step} ${row.name}`, row])).values()];
  await tx.$executeRaw`
    INSERT INTO "RunMetric" ("runId", "step", "name", "value")
    SELECT ${runId}::uuid, * FROM unnest(
      ${unique.map((row) => row.step)}::int[], ${unique.map((row) => row.name)}::text[],
      ${unique.map((row) => row.value)}::float8[])
    ON CONFLICT ("runId", "name", "step") DO UPDATE SET "value" = EXCLUDED."value"`;
}

/** Says how far a phase is. Loading counts bytes, everything else records or steps. */
function describeShare({ phase, done = 0, total }: Extract<RunEvent, { type: "phase" }>): string {
  if (total === undefined) return "";
  if (phase !== "loading") return ` (${done} of ${total})`;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return ` (${megabytes(done)} of ${megabytes(total)} MB)`;
}

/** A figure that is no number has no place on a chart; the run itself stops with a named error. */
const finite = (values: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])));

function describeLedger({ ledger, totalSteps }: Extract<RunEvent, { type: "resolved" }>): string {
  const held = ledger.validation ? `, ${ledger.validation} held out for validation` : "";
  return `${ledger.train} of ${ledger.records} records train${held}; ${totalSteps} steps.`;
}
