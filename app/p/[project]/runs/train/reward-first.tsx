import { Button } from "@/app/components/button";
import { formatCount, formatDuration, plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import type { Outputs } from "@/app/trpc-client";

type Sheet = Outputs["runs"]["sheet"];

/** Before the click that starts two runs: what each does, on what, for how long, and what happens where one ends early. */
export function RewardFirst({
  first,
  sheet,
  onAlone,
}: {
  first: NonNullable<NonNullable<Sheet["reward"]>["first"]>;
  sheet: Sheet;
  /** Train the reward model alone. */
  onAlone(): void;
}) {
  const { pairs, steps, seconds, warnings } = first;
  return (
    <section aria-label="Two runs" className="grid gap-2 rounded-md border border-line p-3">
      <h3 className="font-medium">Two runs, one after the other</h3>
      <ol className="grid list-decimal gap-1.5 pl-5">
        <li>
          <span className="font-medium">Reward model.</span> Learns from {plural(pairs.train, "preference pair")}
          {pairs.validation > 0 ? `, checked on ${formatCount(pairs.validation)} held out` : ", with none held out"}:{" "}
          {plural(steps, "optimizer step")}
          {seconds === null ? "" : `, about ${formatDuration(seconds)}`}, with the default settings of its method.
        </li>
        <li>
          <span className="font-medium">PPO.</span> Waits for the first run, then starts by itself with the new reward
          model. If held-out pairs can’t tell the reward model from chance, PPO asks you first. It takes{" "}
          {plural(sheet.estimate.steps, "iteration")}
          {sheet.estimate.seconds === null ? "" : `, about ${formatDuration(sheet.estimate.seconds)}`}, with the
          settings below.
        </li>
      </ol>
      <p className="text-muted">
        Both use {versionText(sheet.preview)} and start from {sheet.base.name}. If the first run fails or is cancelled,
        PPO ends as well and says why; “Run again” on either run starts both again. Cancelling PPO does not affect the
        first run.
      </p>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button size="sm" onClick={onAlone}>
          Train only the reward model
        </Button>
        <p className="basis-48 text-muted text-xs sm:flex-1">
          You can then choose the reward model’s settings, and read its report before you start PPO from its page.
        </p>
      </div>
      {warnings.length > 0 && (
        <Notice tone="warn" title="Warnings for the reward model’s run">
          <ul className="list-disc pl-4">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}

/** Which version the click freezes: a new one where labels came since the latest. */
function versionText({ latest, newSinceLatest }: Sheet["preview"]): string {
  if (!latest) return "dataset version 1, which is frozen now,";
  if (newSinceLatest > 0) return `dataset version ${latest.version + 1}, which is frozen now,`;
  return `the same dataset version (${latest.version}, if nothing has changed since)`;
}
