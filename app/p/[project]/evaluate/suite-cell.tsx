import type { CapabilityResult } from "@/domain/evaluation/capability-suite";
import { type SuiteName, suiteOf } from "@/domain/evaluation/suites";

const percent = (share: number | null) => `${Math.round(100 * (share ?? 0))}`;

/** Questions that the model answers rightly and the other one does not, and the other way round. */
export function changesSince(result: CapabilityResult, before: CapabilityResult): { gained: number; lost: number } {
  const was = new Map(before.answers.map(({ question, isRight }) => [question, isRight]));
  const gained = result.answers.filter(({ question, isRight }) => isRight && was.get(question) === false).length;
  const lost = result.answers.filter(({ question, isRight }) => !isRight && was.get(question) === true).length;
  return { gained, lost };
}

/** A share with its interval, and what changed since the model that this one was trained from. Opens the answers. */
export function SuiteCell({
  model,
  suite,
  result,
  parent,
  onShow,
}: {
  model: string;
  suite: SuiteName;
  result: CapabilityResult | undefined;
  parent: { name: string; result: CapabilityResult | undefined } | undefined;
  onShow: (result: CapabilityResult, before: CapabilityResult | undefined) => void;
}) {
  if (!result) return <span className="text-faint">–</span>;
  const { count, of, value, low, high } = result.accuracy;
  const changes = parent?.result && changesSince(result, parent.result);
  return (
    <button
      type="button"
      className="-mx-1.5 rounded-md px-1.5 text-right hover:bg-hover"
      aria-label={`${suiteOf(suite).title} of ${model}: ${count} of ${of} right. Show the answers`}
      onClick={() => onShow(result, parent?.result)}
    >
      <span className="block font-medium">
        {count} of {of}
      </span>
      <span className="block text-muted text-xs">
        {percent(value)} % ({percent(low)}–{percent(high)})
      </span>
      {changes && (
        <span className="block text-xs" title={`Since ${parent?.name}`}>
          <span className={changes.gained > 0 ? "text-good" : "text-muted"}>+{changes.gained}</span>{" "}
          <span className={changes.lost > 0 ? "text-bad" : "text-muted"}>−{changes.lost}</span>
        </span>
      )}
    </button>
  );
}
