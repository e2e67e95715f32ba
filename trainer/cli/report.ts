import { PROBE_MEANINGS, type RewardReport } from "@/domain/runs/reward-report";
import type { Estimate } from "@/domain/statistics/bootstrap";
import type { Share } from "@/domain/statistics/share";
import { loadBackend } from "../engine/backend";
import { makeRewardReport, type ReportSource } from "../evaluation/make-reward-report";
import { readRunRecord } from "../exchange/run-record";

export interface ReportCommand extends Omit<ReportSource, "model" | "allIfNoneHeld"> {
  model: string;
  /** Folder of a PEFT adapter, or of an ensemble of them, to put on the model. */
  adapter?: string;
  json?: boolean;
  write: (line: string) => void;
}

/**
 * `report` measures a reward model on the held-out pairs of a dataset, or on all pairs of a dataset without held-out
 * ones.
 */
export async function report({ model, adapter, json, write, ...source }: ReportCommand): Promise<void> {
  await loadBackend();
  const reference = { model, ...(adapter !== undefined && { adapter }) };
  // A model that was trained here says by which loss; of another one the plain one is taken.
  const record = await readRunRecord(adapter ?? model);
  const useMargins = record?.run.useMargins === true;
  const made = await makeRewardReport({ ...source, model: reference, allIfNoneHeld: true, useMargins });
  for (const line of json ? [JSON.stringify(made, null, 2)] : describeReport(made)) write(line);
}

function describeReport({ heldOut, notes, accuracy, ensemble, calibration, length, probes }: RewardReport): string[] {
  const groups = [...accuracy.byStrength, ...accuracy.byTaskType, ...accuracy.byAnnotator];
  const { agreement } = accuracy;
  return [
    `${heldOut.pairs} held-out pairs of ${heldOut.prompts} prompts`,
    ...notes.map((note) => `note: ${note}`),
    `accuracy: ${share(accuracy.overall)}`,
    ...groups.map((group) => `  ${group.title}: ${share(group.accuracy)}`),
    ...(agreement
      ? [
          `agreement of people with one another: ${percent(agreement.people)}; of the model with them: ${percent(agreement.model)}`,
        ]
      : []),
    ...(ensemble ? ensemble.members.map((member, index) => `member ${index + 1} alone: ${share(member)}`) : []),
    `calibration: expected error ${figure(calibration.expectedCalibrationError)}, log loss ${figure(calibration.logLoss)} (a coin has 0.693)`,
    `correlation of reward and length: Pearson ${interval(length.pearson)}, Spearman ${interval(length.spearman)}`,
    `the longer completion comes first: for people ${share(length.longerFirst.people)}, for the model ${share(length.longerFirst.model)}`,
    ...probes.map(
      ({ name, shift, shiftInDeviations, raised, verdict }) =>
        `probe ${PROBE_MEANINGS[name].title}: ${verdict}; score shifts by ${interval(shift)}, ${figure(shiftInDeviations)} standard deviations; raised ${share(raised)}`,
    ),
  ];
}

const figure = (value: number | null) => (value === null ? "–" : value.toFixed(3));

const share = ({ count, of, value, low, high }: Share) =>
  value === null ? "–" : `${asPercent(value)} (${asPercent(low)}–${asPercent(high)}; ${count} of ${of})`;

const percent = ({ value, low, high }: Estimate) =>
  low === null ? asPercent(value) : `${asPercent(value)} (${asPercent(low)}–${asPercent(high)})`;

const interval = ({ value, low, high }: Estimate) =>
  low === null ? figure(value) : `${figure(value)} (${figure(low)} to ${figure(high)})`;

const asPercent = (value: number | null) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
