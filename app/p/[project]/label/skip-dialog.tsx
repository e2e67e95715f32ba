"use client";

import { Dialog } from "@/app/components/dialog";
import { KeyHint } from "@/app/components/key-hint";
import { useShortcuts } from "@/app/components/shortcuts";
import { SKIP_REASON_WORDS, type SkipReason, skipReasonSchema } from "@/domain/labels/skip-reason";

/** A digit picks the reason and skips. */
export function SkipDialog({
  open,
  onOpenChange,
  onSkip,
}: {
  open: boolean;
  onOpenChange(open: boolean): void;
  onSkip(reason: SkipReason): void;
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="sm"
      title="Skip this task"
      description="You won’t see it again; others may. Why are you skipping it?"
    >
      <Reasons onSkip={onSkip} />
    </Dialog>
  );
}

function Reasons({ onSkip }: { onSkip(reason: SkipReason): void }) {
  const reasons = skipReasonSchema.options;
  useShortcuts(
    "Skip",
    reasons.map((reason, index) => ({
      keys: String(index + 1),
      label: SKIP_REASON_WORDS[reason],
      run: () => onSkip(reason),
      whileTyping: true,
    })),
  );
  return (
    <ul className="grid gap-1">
      {reasons.map((reason, index) => (
        <li key={reason}>
          <button
            type="button"
            className="flex w-full items-center justify-between rounded-md px-2.5 py-2 text-left hover:bg-hover"
            onClick={() => onSkip(reason)}
          >
            {SKIP_REASON_WORDS[reason]}
            <KeyHint keys={String(index + 1)} />
          </button>
        </li>
      ))}
    </ul>
  );
}
