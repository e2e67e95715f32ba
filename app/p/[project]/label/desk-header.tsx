import { BookOpen, SkipForward, Undo2 } from "lucide-react";
import Link from "next/link";
import { Button } from "@/app/components/button";
import { formatCount } from "@/app/components/format";
import { useProject } from "@/app/p/[project]/project-context";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { timeOf } from "./open-task";
import type { DraftKeeper } from "./use-drafts";
import type { OutboxState } from "./use-outbox";

/** One quiet line above the task: how far one is, whether all is saved, and the ways out. */
export function DeskHeader({
  progress,
  outbox,
  saved,
  onGuidelines,
  onSkip,
  onUndo,
}: {
  progress: Outputs["labels"]["progress"] | undefined;
  outbox: OutboxState;
  /** What became of the draft of the task on the page. */
  saved: DraftKeeper["saved"];
  onGuidelines(): void;
  onSkip?: () => void;
  onUndo?: () => void;
}) {
  const { slug } = useProject();
  const waiting = outbox.entries.filter((entry) => entry.refusal === null).length;
  return (
    <header className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-1.5">
      <h1 className="sr-only">Label</h1>
      <p className="text-muted text-xs">
        {progress && (
          <>
            <Link href={pathsOf(slug).myLabels} className="link">
              <span className="font-medium text-ink">{formatCount(progress.mine.today)}</span> today
            </Link>
            {" · "}
            <span className="font-medium text-ink">{formatCount(progress.remaining)}</span> left for you
          </>
        )}
      </p>
      <p role="status" className={waiting > 0 ? "text-warn text-xs" : "text-faint text-xs"}>
        {waiting > 0
          ? `${formatCount(waiting)} waiting to be saved`
          : progress && progress.mine.total > 0
            ? "All saved"
            : ""}
      </p>
      {saved && (
        <p className="text-faint text-xs">
          {saved.at ? `Draft saved ${timeOf(saved.at)}` : "Draft kept in this browser only"}
        </p>
      )}
      <div className="ml-auto flex items-center gap-1">
        <Button variant="quiet" size="sm" icon={<Undo2 />} keys="Ctrl+Z" disabled={!onUndo} onClick={onUndo}>
          Undo
        </Button>
        <Button variant="quiet" size="sm" icon={<SkipForward />} keys="Ctrl+Space" disabled={!onSkip} onClick={onSkip}>
          Skip
        </Button>
        <Button variant="quiet" size="sm" icon={<BookOpen />} keys="I" onClick={onGuidelines}>
          Guidelines
        </Button>
      </div>
    </header>
  );
}
