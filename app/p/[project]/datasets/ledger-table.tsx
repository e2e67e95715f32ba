import { cx } from "@/app/components/class-names";
import { formatCount } from "@/app/components/format";
import { LEFT_OUT_WORDS, type LeftOutReason } from "@/domain/datasets/ledger";

type Ledger = { exported: number; used: number; leftOut: { reason: LeftOutReason; count: number }[] };

/** exported = used + left out, with the reason for every label that is not in. */
export function LedgerTable({ ledger }: { ledger: Ledger }) {
  return (
    <dl className="grid max-w-md gap-1">
      <Line label="Labels given" count={ledger.exported} />
      {ledger.leftOut.map(({ reason, count }) => (
        <Line key={reason} className="pl-3 text-muted" label={`− ${LEFT_OUT_WORDS[reason]}`} count={count} />
      ))}
      <Line className="border-line border-t pt-1 font-medium" label="Used" count={ledger.used} />
    </dl>
  );
}

function Line({ label, count, className }: { label: string; count: number; className?: string }) {
  return (
    <div className={cx("flex justify-between gap-6", className)}>
      <dt>{label}</dt>
      <dd className="tabular-nums">{formatCount(count)}</dd>
    </div>
  );
}
