import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { diagnose } from "@/domain/diagnosis/diagnose";
import type { Point } from "@/domain/diagnosis/trace";
import type { Verdict } from "@/domain/diagnosis/verdict";
import { DomainError } from "@/domain/errors";
import type { CompleteRunConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { writeFileAtomically } from "./file-formats/atomic-write";
import { isMissing } from "./file-formats/file-errors";
import { jsonRows } from "./file-formats/json-rows";

/** The largest number of times that a run is diagnosed, because a diagnosis reads everything from the first step on. */
const LOOKS = 50;

const pausedSchema = z.object({ verdicts: z.array(z.string()) });

/**
 * Diagnoses a run while it trains. The verdicts for which it was paused are kept in `paused.json` beside its metrics:
 * whoever resumes the run has seen them, so they do not pause it again. The watch looks at fixed steps, and reads the
 * steps before a resumption from metrics.jsonl, so that a run that was killed pauses where any other would.
 */
export class CriticalWatch {
  private readonly series = new Map<string, Point[]>();
  private configuration: CompleteRunConfig | undefined;
  private isFirst = true;

  private constructor(
    private readonly file: string,
    private readonly known: Set<string>,
    private readonly rows: readonly Record<string, number>[],
  ) {}

  static async open(outputDir: string, resume: boolean): Promise<CriticalWatch> {
    const file = path.join(outputDir, "paused.json");
    if (!resume) return new CriticalWatch(file, new Set(), []);
    const paused = await readIfThere(file);
    const { verdicts } = paused === undefined ? { verdicts: [] } : pausedSchema.parse(JSON.parse(paused));
    const rows: Record<string, number>[] = [];
    for await (const row of jsonRows<Record<string, number>>(path.join(outputDir, "metrics.jsonl"))) rows.push(row);
    return new CriticalWatch(file, new Set(verdicts), rows);
  }

  /** Gives the verdict for which the run is to be paused, once there is one. */
  async see(event: RunEvent): Promise<Verdict | undefined> {
    if (event.type === "resolved") this.configuration = event.config;
    if (event.type === "evaluation") this.add(event.step, event.metrics);
    if (event.type !== "step") return undefined;
    const { step, totalSteps } = event;
    if (this.isFirst) for (const row of this.rows) if ((row.step ?? step) < step) this.add(row.step ?? 0, row);
    this.isFirst = false;
    this.add(step, event.metrics);
    if (step % Math.ceil(totalSteps / LOOKS) !== 0 || step === totalSteps) return undefined;
    const { configuration, series } = this;
    if (configuration === undefined) return undefined; // the run has not told its configuration yet
    const trace = { method: configuration.method, configuration, totalSteps, series };
    const critical = diagnose(trace).verdicts.filter(({ severity }) => severity === "critical");
    const found = critical.find(({ name }) => !this.known.has(name));
    if (!found) return undefined;
    // All critical verdicts of this moment count as known, because the person sees them together and would otherwise be
    // stopped again by the next one.
    for (const { name } of critical) this.known.add(name);
    await writeFileAtomically(this.file, `${JSON.stringify({ verdicts: [...this.known] })}\n`);
    return found;
  }

  private add(step: number, values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (typeof value !== "number" || !Number.isFinite(value) || name === "step") continue;
      const points = this.series.get(name) ?? [];
      points.push({ step, value });
      this.series.set(name, points);
    }
  }
}

/** Makes the error that ends a paused run: it names the reason, what was seen, and what to do. */
export function runPaused({ title, evidence, fix }: Verdict, step: number): DomainError {
  const message = `Paused after step ${step}: ${title}. ${evidence[0]?.text ?? ""}`.trim();
  return new DomainError("run-paused", message, `${message} ${fix}`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
