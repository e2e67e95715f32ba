import type { ReactNode } from "react";

/** Shows a long text within a bounded height. It takes the focus, so that it can be read through by keyboard alone. */
export function ScrollBox({ label, className, children }: { label: string; className: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a page may show many of these, which are no landmarks and no fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div role="group" aria-label={label} tabIndex={0} className={`overflow-y-auto ${className}`}>
      {children}
    </div>
  );
}
