import { Panel } from "@/app/components/panel";
import type { LogLine } from "./run-figures";

/** What the trainer said, newest last. */
export function RunLog({ lines }: { lines: readonly LogLine[] }) {
  return (
    <Panel title="Log" flush>
      {lines.length === 0 ? (
        <p className="p-4 text-faint">Nothing has been logged yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <ol className="max-h-72 overflow-y-auto p-3 font-mono text-xs" aria-label="Log lines" tabIndex={0}>
          {lines.map((line) => (
            <li key={line.id} className="flex gap-3 [overflow-wrap:anywhere]">
              <time dateTime={line.createdAt.toISOString()} className="shrink-0 text-faint" suppressHydrationWarning>
                {line.createdAt.toLocaleTimeString("en", { hour12: false })}
              </time>
              <span className={line.level === "error" ? "text-bad" : line.level === "warn" ? "text-warn" : undefined}>
                {line.message}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
