import { askMembers, membersOf } from "./ask-members";
import { CHECKS } from "./checks";
import { type RunTrace, shows } from "./trace";
import { type Check, SEVERITIES, type Verdict } from "./verdict";

export interface Diagnosis {
  /** The problems that were found, the worst first. */
  verdicts: Verdict[];
  /** The checks that found no problem, with what they saw. */
  clear: { name: string; title: string; because: string }[];
  /** The checks that could not be made yet, or never in this run, with what is missing. */
  undecided: { name: string; title: string; because: string }[];
}

/** Asks every check that applies to the run's method, and for an ensemble asks about each member. */
export function diagnose(trace: RunTrace): Diagnosis {
  const diagnosis: Diagnosis = { verdicts: [], clear: [], undecided: [] };
  const members = membersOf(trace);
  for (const check of checksOf(trace)) {
    const { name, title } = check;
    const outcome = askMembers(check, members);
    if (outcome.state === "found") {
      const { severity, evidence, fix } = outcome;
      diagnosis.verdicts.push({ name, title: outcome.title ?? title, severity, evidence, fix });
    } else diagnosis[outcome.state].push({ name, title, because: outcome.because });
  }
  diagnosis.verdicts.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return diagnosis;
}

/** Selects the checks that speak of a run, by what its method shows. */
export const checksOf = (trace: Pick<RunTrace, "method">): Check[] =>
  CHECKS.filter(({ speaksOf }) => speaksOf === "every run" || shows(trace, speaksOf));
