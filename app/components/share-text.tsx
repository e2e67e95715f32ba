import type { Share } from "@/domain/statistics/share";
import { formatCount, plural } from "./format";

/** 71 % (56–83 %) of 42 pairs; of nothing: that nobody knows. `of` names one of what is counted, `more` follows. */
export function ShareText({ share, of, more }: { share: Share; of?: string; more?: string }) {
  if (share.value === null || share.low === null || share.high === null)
    return <span className="text-faint">{of ? `not known: ${plural(0, of)}` : "not known"}</span>;
  return (
    <span className="tabular-nums">
      <span className="font-medium">{percent(share.value)} %</span>{" "}
      <span className="text-muted">
        ({percent(share.low)}–{percent(share.high)} %) of {of ? plural(share.of, of) : formatCount(share.of)}
        {more}
      </span>
    </span>
  );
}

const percent = (value: number) => Math.round(value * 100);
