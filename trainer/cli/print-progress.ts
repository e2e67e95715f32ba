import type { WriteStream } from "node:tty";
import { describeMemory } from "@/domain/runs/estimate-memory";
import { evalAccuracyOf, evalPairsOf, METRICS, type Metrics } from "@/domain/runs/metric-names";
import { STRENGTH_BUCKETS } from "@/domain/runs/preference-strength";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { RunEvent, StepEvent } from "@/domain/runs/run-events";

/** Prints a run's progress for a person: one live line on a terminal, plain lines in a file. */
export function createProgressPrinter(stream: WriteStream): (event: RunEvent) => void {
  let live = false;
  let lastPhase = "";
  const print = (line: string) => {
    stream.write(`${live ? "\r\u001b[2K" : ""}${line}\n`);
    live = false;
  };
  const show = (line: string) => {
    if (!stream.isTTY) return;
    stream.write(`\r\u001b[2K${line.slice(0, widthOf(stream) - 1)}`);
    live = true;
  };
  return (event) => {
    switch (event.type) {
      case "phase": {
        const share = event.total ? ` ${Math.floor((100 * (event.done ?? 0)) / event.total)} %` : "";
        if (event.message !== lastPhase && !share) print(event.message);
        else if (event.message !== lastPhase && !stream.isTTY) print(event.message);
        else show(event.message + share);
        lastPhase = event.message;
        break;
      }
      case "resolved": {
        const { train, validation, leftOut, records } = event.ledger;
        print(`${records} records: ${train} to train on, ${validation} to validate`);
        for (const { count, message, lines } of leftOut) {
          print(`left out: ${count} ${message} (${lines.slice(0, 5).join(", ")}${count > 5 ? ", …" : ""})`);
        }
        for (const { text } of event.reasons) print(text);
        if (event.memory) print(describeMemory(event.memory.estimate, event.memory.available));
        for (const { message } of event.warnings) print(`warning: ${message}`);
        break;
      }
      case "step":
        if (stream.isTTY) show(describeStep(event));
        else print(describeStep(event));
        break;
      case "evaluation":
        print(`step ${event.step}: ${describeValidation(event.metrics)}`);
        break;
      case "notice":
        print(event.level === "warn" ? `warning: ${event.message}` : event.message);
        break;
      case "checkpoint":
      case "rollouts":
        break;
      case "finished":
        print(`Done in ${duration(event.seconds)}: ${event.output.path}`);
        break;
    }
  };
}

/** Width of a terminal; one that does not say its width (0, or nothing) counts as having the usual 80 columns. */
export const widthOf = ({ columns }: WriteStream): number => columns || 80;

function describeStep({ step, totalSteps, metrics, tokensPerSecond, etaSeconds }: StepEvent): string {
  const shown = {
    [METRICS.loss]: metrics[METRICS.loss],
    [METRICS.rewardsAccuracies]: metrics[METRICS.rewardsAccuracies],
    [METRICS.accuracy]: metrics[METRICS.accuracy],
    [METRICS.rewardsMargins]: metrics[METRICS.rewardsMargins],
    [ROLLOUT_METRICS.scores]: metrics[ROLLOUT_METRICS.scores],
    [ROLLOUT_METRICS.kl]: metrics[ROLLOUT_METRICS.kl],
    [ROLLOUT_METRICS.length]: metrics[ROLLOUT_METRICS.length],
  };
  return `step ${step}/${totalSteps}: ${describeMetrics(shown)}, ${Math.round(tokensPerSecond)} tokens/s, ${duration(etaSeconds)} left`;
}

/**
 * Describes the validation figures in words, with the share of right pairs by strength of preference and the number of
 * pairs in each.
 */
function describeValidation(metrics: Metrics): string {
  const rest: Record<string, number | undefined> = { ...metrics };
  const shares = STRENGTH_BUCKETS.flatMap(({ key }) => {
    const [accuracy, pairs] = [rest[evalAccuracyOf(key)], rest[evalPairsOf(key)]];
    delete rest[evalAccuracyOf(key)];
    delete rest[evalPairsOf(key)];
    return accuracy === undefined ? [] : [`${key} ${Math.round(100 * accuracy)} % of ${pairs}`];
  });
  return describeMetrics(rest) + (shares.length > 0 ? `; right by strength: ${shares.join(", ")}` : "");
}

function describeMetrics(metrics: Record<string, number | undefined>): string {
  return Object.entries(metrics)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value.toPrecision(4)}`]))
    .join(", ");
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
