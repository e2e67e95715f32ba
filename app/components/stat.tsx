import Link from "next/link";
import type { ReactNode } from "react";

/** A number with its unit that leads to the rows behind it. */
export function Stat({
  label,
  value,
  hint,
  href,
}: {
  label: ReactNode;
  value: ReactNode;
  hint?: ReactNode;
  href?: string;
}) {
  const body = (
    <>
      <dt className="text-muted text-xs">{label}</dt>
      <dd className="font-semibold text-lg tabular-nums group-hover:text-accent">{value}</dd>
      {hint && <dd className="text-faint text-xs">{hint}</dd>}
    </>
  );
  return href ? (
    <Link href={href} className="group min-w-0 rounded-sm">
      {body}
    </Link>
  ) : (
    <div className="min-w-0">{body}</div>
  );
}

export function StatRow({ children }: { children: ReactNode }) {
  return <dl className="flex flex-wrap gap-x-8 gap-y-3">{children}</dl>;
}
