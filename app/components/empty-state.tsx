import type { ReactNode } from "react";

/** Says what would be here, and offers the way to get it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="grid justify-items-center gap-1 rounded-lg border border-line-strong border-dashed px-6 py-12 text-center">
      {icon && <div className="mb-1 text-faint [&_svg]:size-6">{icon}</div>}
      <h2 className="font-medium text-base">{title}</h2>
      {children && <p className="max-w-md text-balance text-muted">{children}</p>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
