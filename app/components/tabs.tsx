"use client";

import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";

export type Tab = { value: string; label: ReactNode; count?: number; content: ReactNode };

export function Tabs({
  tabs,
  value,
  onValueChange,
  label,
}: {
  tabs: Tab[];
  value?: string;
  onValueChange?: (value: string) => void;
  label: string;
}) {
  return (
    <Primitive.Root
      value={value}
      onValueChange={onValueChange}
      defaultValue={value === undefined ? tabs[0]?.value : undefined}
    >
      <Primitive.List aria-label={label} className="flex gap-4 overflow-x-auto border-line border-b">
        {tabs.map((tab) => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px whitespace-nowrap border-transparent border-b-2 py-2 text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="ml-1.5 text-faint text-xs">{tab.count.toLocaleString("en")}</span>
            )}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
