import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./class-names";

const LOOKS = {
  info: { box: "border-line bg-sunken", icon: <Info className="text-muted" /> },
  good: { box: "border-good/30 bg-good-soft", icon: <CircleCheck className="text-good" /> },
  warn: { box: "border-warn/30 bg-warn-soft", icon: <TriangleAlert className="text-warn" /> },
  bad: { box: "border-bad/30 bg-bad-soft", icon: <CircleAlert className="text-bad" /> },
};

/** A message in the page's flow; errors are announced. */
export function Notice({
  tone = "info",
  title,
  children,
  action,
}: {
  tone?: keyof typeof LOOKS;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const look = LOOKS[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      className={cx(
        "flex flex-wrap items-start gap-2.5 rounded-md border px-3 py-2.5 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0",
        look.box,
      )}
    >
      {look.icon}
      <div className="min-w-0 flex-1 basis-52 [overflow-wrap:anywhere]">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className={title ? "mt-0.5 text-muted" : undefined}>{children}</div>}
      </div>
      {action}
    </div>
  );
}
