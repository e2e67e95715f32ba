"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./class-names";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** Actions at the bottom, always in view. */
  footer?: ReactNode;
  width?: "sm" | "md" | "lg" | "xl";
  children: ReactNode;
};

const WIDTHS = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-2xl", xl: "max-w-4xl" };

/** In the middle of the page. Focus stays inside, Escape closes, focus returns to what opened it. */
export function Dialog({ width = "md", ...props }: Props) {
  return (
    <Frame
      {...props}
      className={cx(
        "animate-appear fixed inset-x-2 top-[max(0.5rem,8dvh)] z-50 mx-auto flex max-h-[84dvh] flex-col rounded-lg border border-line bg-surface shadow-floating",
        WIDTHS[width],
      )}
    />
  );
}

/** From the right edge, as high as the window: for longer forms beside the page that they belong to. */
export function Sheet({ width = "md", ...props }: Props) {
  return (
    <Frame
      {...props}
      className={cx(
        "animate-slide-in fixed inset-y-0 right-0 z-50 flex w-full flex-col border-line border-l bg-surface shadow-floating",
        WIDTHS[width],
      )}
    />
  );
}

function Frame({ open, onOpenChange, title, description, footer, children, className }: Props & { className: string }) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Primitive.Content
          className={cx(className, "outline-none")}
          onOpenAutoFocus={focusFirstField}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className="flex items-start gap-3 border-line border-b px-4 py-3">
            <div className="min-w-0 flex-1">
              <Primitive.Title className="font-semibold text-base">{title}</Primitive.Title>
              {description && (
                <Primitive.Description className="mt-0.5 text-muted text-xs">{description}</Primitive.Description>
              )}
            </div>
            <Primitive.Close
              aria-label="Close"
              title="Close (Esc)"
              className="-my-0.5 -mr-1.5 inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <X className="size-4" />
            </Primitive.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
          {footer && (
            <footer className="flex items-center justify-end gap-2 border-line border-t px-4 py-3">{footer}</footer>
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** The first field, or the dialog itself: never the closing cross, where Enter would be a surprise. */
function focusFirstField(event: Event): void {
  event.preventDefault();
  const content = event.currentTarget as HTMLElement;
  const field = content.querySelector<HTMLElement>("input:not([type=hidden]):not([tabindex='-1']), select, textarea");
  (field ?? content).focus();
}
