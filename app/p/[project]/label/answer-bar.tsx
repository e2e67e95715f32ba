import type { ReactNode } from "react";
import { Button } from "@/app/components/button";

/** The answer's controls, always in view below the text; what is still missing is said in words. */
export function AnswerBar({
  children,
  note,
  ready,
  hint,
  onSubmit,
}: {
  children: ReactNode;
  note?: ReactNode;
  ready: boolean;
  hint: string | null;
  onSubmit(): void;
}) {
  return (
    <div
      role="toolbar"
      aria-label="Answer"
      className="sticky bottom-0 z-10 mt-3 flex flex-wrap items-center gap-1.5 border-line border-t bg-canvas/95 py-2.5 backdrop-blur"
    >
      {children}
      <div className="ml-auto flex items-center gap-2">
        {note}
        <span aria-live="polite" className="text-muted text-xs">
          {hint}
        </span>
        <Button variant="primary" keys="Ctrl+Enter" disabled={!ready} onClick={onSubmit}>
          Submit
        </Button>
      </div>
    </div>
  );
}
