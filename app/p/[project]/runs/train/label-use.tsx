import { formatCount, plural } from "@/app/components/format";
import { RelativeTime } from "@/app/components/relative-time";
import type { Outputs } from "@/app/trpc-client";
import { LEFT_OUT_WORDS } from "@/domain/datasets/ledger";

type Preview = Outputs["runs"]["sheet"]["preview"];

/** The ledger before the fact: *given = used + left out*, with the reason of each that stays out. */
export function LabelUse({ preview }: { preview: Preview }) {
  const kinds = [
    { name: "preference pairs", ...preview.pairs },
    { name: "demonstrations", ...preview.demonstrations },
    { name: "unpaired completions", ...preview.unpaired },
  ].filter(({ train, validation }) => train + validation > 0);
  return (
    <section aria-label="What will be used">
      <h3 className="mb-1.5 font-medium">What will be used</h3>
      <dl className="divide-y divide-line rounded-md border border-line">
        <Row name="Labels given" value={formatCount(preview.exported)} />
        <Row name="Used" value={formatCount(preview.used)} />
        {preview.leftOut.map(({ reason, count }) => (
          <Row key={reason} name={`Left out: ${LEFT_OUT_WORDS[reason]}`} value={formatCount(count)} quiet />
        ))}
        {kinds.map(({ name, train, validation }) => (
          <Row
            key={name}
            name={`→ ${name}`}
            value={`${formatCount(train)} to train · ${formatCount(validation)} to validate`}
          />
        ))}
      </dl>
      <p className="mt-1.5 text-muted text-xs">
        {preview.taskTypes.map(({ name, count }) => `${name} ${formatCount(count)}`).join(" · ")}
        {preview.latest && ` · ${plural(preview.newSinceLatest, "label")} new since version ${preview.latest.version}`}
      </p>
      {!preview.isCurrent && (
        <p className="mt-1.5 text-warn text-xs">
          Counted <RelativeTime date={preview.countedAt} />. Labels have come or gone since and are being counted; the
          run takes them as they are when you start it.
        </p>
      )}
    </section>
  );
}

function Row({ name, value, quiet = false }: { name: string; value: string; quiet?: boolean }) {
  return (
    <div className={`flex justify-between gap-4 px-3 py-1.5 ${quiet ? "text-muted" : ""}`}>
      <dt>{name}</dt>
      <dd className="text-right tabular-nums">{value}</dd>
    </div>
  );
}
