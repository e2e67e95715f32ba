import { CornerDownLeft } from "lucide-react";
import type { ReactNode } from "react";

/** Keys as printed on buttons and in the list of keys: `Ctrl+Enter` becomes two caps. Hidden from screen readers. */
export function KeyHint({ keys, onAccent = false }: { keys: string; onAccent?: boolean }) {
  return (
    <span aria-hidden className="inline-flex gap-0.5 max-sm:hidden">
      {keys.split(/\+(?=.)| /).map((key) => (
        <kbd
          key={key}
          className={`min-w-4 rounded-[3px] border px-1 text-center font-sans text-2xs leading-4 ${
            onAccent ? "border-current/40 text-current/90" : "border-line-strong text-muted"
          }`}
        >
          {KEY_CAPS[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}

/** Enter as a drawing: not every font has its sign. */
const KEY_CAPS: Record<string, ReactNode> = {
  Enter: <CornerDownLeft className="inline size-2.5" />,
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};
