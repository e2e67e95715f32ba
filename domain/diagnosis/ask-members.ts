import { isIn, memberSteps } from "../runs/member-steps";
import type { RunTrace } from "./trace";
import { type Check, type Evidence, found, type Outcome, SEVERITIES } from "./verdict";

type Member = { member: number; trace: RunTrace };
type Found = Extract<Outcome, { state: "found" }>;

/**
 * Splits the trace of an ensemble into one trace for each member that has begun, because a member's start would look
 * like a jump of every figure. The trace of a single model stays whole.
 */
export function membersOf(trace: RunTrace): Member[] {
  const parts = memberSteps(trace.configuration, trace.totalSteps);
  if (parts.length === 1) return [{ member: 1, trace }];
  const members = parts.flatMap((part) => {
    const series = [...trace.series].flatMap(([name, points]) => {
      const own = points.filter(({ step }) => isIn(part, step));
      return own.length === 0 ? [] : [[name, own] as const];
    });
    return series.length === 0 ? [] : [{ member: part.member, trace: { ...trace, series: new Map(series) } }];
  });
  // An error that ended the run belongs to the member that was trained last.
  return members.length === 0
    ? [{ member: 1, trace }]
    : members.map((one, index) => (index === members.length - 1 ? one : { ...one, trace: without(one.trace) }));
}

const without = ({ failure: _, ...trace }: RunTrace): RunTrace => trace;

/**
 * Asks a check about every member and returns the worst outcome. Evidence that some members lack names the member that
 * has it. Where no member has a problem, the last clear outcome counts, or else the last one.
 */
export function askMembers(check: Check, members: readonly Member[]): Outcome {
  const outcomes = members.map(({ member, trace }) => ({ member, outcome: check.examine(trace) }));
  const problems = outcomes.flatMap(({ member, outcome }) => (outcome.state === "found" ? [{ member, outcome }] : []));
  const worst = problems.reduce<Found | undefined>(
    (most, { outcome }) => (most && rank(most) <= rank(outcome) ? most : outcome),
    undefined,
  );
  if (!worst)
    return (outcomes.findLast(({ outcome }) => outcome.state === "clear") ?? outcomes.at(-1))?.outcome as Outcome;
  const everyone = (text: string) =>
    problems.length === members.length &&
    problems.every(({ outcome }) => outcome.evidence.some((e) => e.text === text));
  const told = new Set<string>();
  const evidence = problems.flatMap(({ member, outcome }) =>
    outcome.evidence.flatMap((one): Evidence[] => {
      const text = everyone(one.text) ? one.text : `Member ${member}: ${one.text}`;
      if (told.has(text)) return [];
      told.add(text);
      return [{ ...one, text }];
    }),
  );
  return { ...found(worst.severity, evidence, worst.fix), title: worst.title };
}

const rank = ({ severity }: Found) => SEVERITIES.indexOf(severity);
