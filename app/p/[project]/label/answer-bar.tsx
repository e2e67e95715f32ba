import type { ReactNode } from "react";
import { Button } from "@/app/components/button";

/** The answer's controls, always at the bottom of the window; what is still missing is said in words. */
export function AnswerBar({
  children,
  note,
  isDeaf,
  ready,
  hint,
  onSubmit,
}: {
  children: ReactNode;
  note?: ReactNode;
  /** The task has only just appeared: the button waits a moment for the person to see it. */
  isDeaf: boolean;
  ready: boolean;
  hint: string | null;
  onSubmit(): void;
}) {
  return (
    <>
      <div className="min-h-3 flex-1" aria-hidden />
      <div
        role="toolbar"
        aria-label="Answer"
        data-answer-bar
        className="sticky bottom-0 z-10 flex flex-wrap items-center gap-1.5 border-line border-t bg-canvas/95 py-2.5 backdrop-blur"
      >
        {children}
        <div className="ml-auto flex items-center gap-2 max-sm:order-2">
          {note}
          <span aria-live="polite" className="whitespace-nowrap text-muted text-xs">
            {hint}
          </span>
          <Button variant="primary" keys="Ctrl+Enter" disabled={!ready || isDeaf} onClick={onSubmit}>
            Submit
          </Button>
        </div>
      </div>
    </>
  );
}
