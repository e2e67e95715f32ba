"use client";

import { DropdownMenu as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./class-names";

export type MenuEntry =
  | { label: ReactNode; icon?: ReactNode; onSelect: () => void; checked?: boolean; danger?: boolean }
  | "separator";

/** `trigger` is the button that opens it. */
export function Menu({
  trigger,
  entries,
  align = "end",
}: {
  trigger: ReactNode;
  entries: MenuEntry[];
  align?: "start" | "end";
}) {
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="animate-appear z-50 min-w-44 rounded-md border border-line bg-surface p-1 shadow-floating"
        >
          {entries.map((entry, index) =>
            entry === "separator" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: separators have no identity
              <Primitive.Separator key={index} className="my-1 h-px bg-line" />
            ) : (
              <Primitive.Item
                // biome-ignore lint/suspicious/noArrayIndexKey: a menu's entries do not move
                key={index}
                onSelect={entry.onSelect}
                className={cx(
                  "flex h-8 cursor-pointer select-none items-center gap-2 rounded px-2 outline-none data-[highlighted]:bg-hover [&_svg]:size-4",
                  entry.danger ? "text-bad" : "[&_svg]:text-muted",
                )}
              >
                {entry.icon}
                <span className="flex-1">{entry.label}</span>
                {entry.checked && <span aria-hidden>✓</span>}
              </Primitive.Item>
            ),
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
