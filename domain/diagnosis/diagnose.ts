import { CHECKS } from "./checks";
import type { RunTrace } from "./trace";
import type { Severity, Verdict } from "./verdict";

export interface Diagnosis {
  /** The worst first. */
  verdicts: Verdict[];
  /** Looked at and found in order, with what was seen. */
  clear: { name: string; title: string; because: string }[];
  /** Not to be told yet, or never in this run, with what is missing. */
  undecided: { name: string; title: string; because: string }[];
}

const ORDER: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** Asks every check that applies to the run's method. */
export function diagnose(trace: RunTrace): Diagnosis {
  const diagnosis: Diagnosis = { verdicts: [], clear: [], undecided: [] };
  for (const { name, title, appliesTo, examine } of CHECKS) {
    if (!appliesTo(trace.method)) continue;
    const outcome = examine(trace);
    if (outcome.state === "found") {
      const { severity, evidence, fix } = outcome;
      diagnosis.verdicts.push({ name, title, severity, evidence, fix });
    } else diagnosis[outcome.state].push({ name, title, because: outcome.because });
  }
  diagnosis.verdicts.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  return diagnosis;
}
