import type { ReactNode } from "react";
import { cx } from "./class-names";

/** A framed part of a page with a heading of its own. */
export function Panel({
  title,
  actions,
  children,
  className,
  flush = false,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** No padding: the content brings its own edges. */
  flush?: boolean;
}) {
  return (
    <section
      aria-label={typeof title === "string" ? title : undefined}
      className={cx("rounded-lg border border-line bg-surface", className)}
    >
      {(title || actions) && (
        <header className="flex min-h-10 items-center justify-between gap-3 border-line border-b px-4 py-1.5">
          <h2 className="font-medium">{title}</h2>
          {actions && <div className="flex items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : "p-4"}>{children}</div>
    </section>
  );
}
