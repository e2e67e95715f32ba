import type { ReactNode } from "react";

/** Charts or figures that are out of the way until they are asked for; they are made only then. */
export function FoldedCharts({
  title,
  note,
  opened,
  onToggle,
  children,
}: {
  title: string;
  /** What is in it, in few words. */
  note: string;
  opened: boolean;
  onToggle(opened: boolean): void;
  children: ReactNode;
}) {
  return (
    <details
      className="rounded-lg border border-line"
      open={opened}
      onToggle={(event) => onToggle(event.currentTarget.open)}
    >
      <summary className="px-4 py-2.5 font-medium">
        {title} <span className="ml-1 font-normal text-muted text-xs">{note}</span>
      </summary>
      {opened && <div className="p-3 pt-0">{children}</div>}
    </details>
  );
}
