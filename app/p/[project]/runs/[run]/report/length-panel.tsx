import { EstimateText } from "@/app/components/estimate-text";
import { formatNumber } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { ShareText } from "@/app/components/share-text";
import type { RewardReport } from "@/domain/runs/reward-report";

/** How far the reward goes with length, beside how far people's preference does. */
export function LengthPanel({ report: { length, rewards } }: { report: RewardReport }) {
  const rows = [
    { name: "Correlation of reward and length, Pearson", value: <EstimateText estimate={length.pearson} /> },
    { name: "Correlation of reward and length, Spearman", value: <EstimateText estimate={length.spearman} /> },
    { name: "People put the longer one first", value: <ShareText share={length.longerFirst.people} of="pair" /> },
    { name: "The model puts the longer one first", value: <ShareText share={length.longerFirst.model} of="pair" /> },
    {
      name: "Rewards",
      value:
        rewards.mean === null
          ? "not known"
          : `mean ${formatNumber(rewards.mean)}, deviation ${rewards.deviation === null ? "not known" : formatNumber(rewards.deviation)}`,
    },
  ];
  return (
    <Panel title="Length">
      <p className="mb-3 text-muted">
        If the model puts the longer completion first more often than people do, it rewards length; if less often, it
        rewards brevity.
      </p>
      <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-[max-content_1fr]">
        {rows.map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
