import { Button } from "@/app/components/button";
import { formatBytes, plural } from "@/app/components/format";
import { ProgressBar } from "@/app/components/progress-bar";

interface Props {
  /** What is done, as in "Reading the file". */
  title: string;
  doneBytes: number;
  totalBytes: number;
  /** The rows so far, where rows are counted. */
  doneRows?: number;
  /** What happens while nothing is done yet. */
  activity?: string | null;
  stop?: { label: string; busy: boolean; onStop: () => void };
}

/** How far a file is that is sent, looked at or taken in, and the way to stop it. */
export function ImportProgress({ title, doneBytes, totalBytes, doneRows, activity, stop }: Props) {
  const isMoving = doneBytes > 0;
  return (
    <div className="grid gap-2" aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="min-w-0 flex-1 basis-40 [overflow-wrap:anywhere]">
          {title}
          {!isMoving && activity && <span className="text-muted"> · {activity}</span>}
        </span>
        {isMoving && (
          <span className="text-muted tabular-nums">
            {formatBytes(doneBytes)} of {formatBytes(totalBytes)}
            {doneRows !== undefined && doneRows > 0 && ` · ${plural(doneRows, "row")}`}
          </span>
        )}
        {stop && (
          <Button size="sm" busy={stop.busy} onClick={stop.onStop}>
            {stop.label}
          </Button>
        )}
      </div>
      <ProgressBar label={title} value={doneBytes} total={isMoving ? totalBytes : null} />
    </div>
  );
}
