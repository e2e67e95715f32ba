import { LEFT_OUT_WORDS, type LeftOutReason } from "@/domain/datasets/ledger";
import { formatCount } from "../../../components/format";

type Ledger = { exported: number; used: number; leftOut: { reason: LeftOutReason; count: number }[] };

/** exported = used + left out, with the reason for every label that is not in. */
export function LedgerTable({ ledger }: { ledger: Ledger }) {
  return (
    <dl className="grid max-w-md grid-cols-[1fr_auto] gap-x-6 gap-y-1">
      <dt>Labels that there were</dt>
      <dd className="text-right tabular-nums">{formatCount(ledger.exported)}</dd>
      {ledger.leftOut.map(({ reason, count }) => (
        <div key={reason} className="col-span-2 grid grid-cols-subgrid text-muted">
          <dt className="pl-3">− {LEFT_OUT_WORDS[reason]}</dt>
          <dd className="text-right tabular-nums">{formatCount(count)}</dd>
        </div>
      ))}
      <dt className="border-line border-t pt-1 font-medium">Used</dt>
      <dd className="border-line border-t pt-1 text-right font-medium tabular-nums">{formatCount(ledger.used)}</dd>
    </dl>
  );
}
