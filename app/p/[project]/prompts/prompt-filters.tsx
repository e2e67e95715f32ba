"use client";

import { useEffect, useRef, useState } from "react";
import { Checkbox, Input, Select } from "@/app/components/form-fields";
import { formatCount } from "@/app/components/format";
import { useShortcuts } from "@/app/components/shortcuts";
import type { PromptFilter } from "./use-prompt-filter";

export function PromptFilters({
  filter,
  onChange,
  taskTypes,
}: {
  filter: PromptFilter;
  onChange: (change: Partial<PromptFilter>) => void;
  taskTypes: { name: string; count: number }[];
}) {
  const [search, setSearch] = useState(filter.search ?? "");
  const input = useRef<HTMLInputElement>(null);
  useShortcuts("Prompts", [{ keys: "/", label: "Search the prompts", run: () => input.current?.focus() }]);

  useEffect(() => {
    if (search === (filter.search ?? "")) return;
    const timer = setTimeout(() => onChange({ search }), 250);
    return () => clearTimeout(timer);
  }, [search, filter.search, onChange]);

  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Input
        ref={input}
        type="search"
        aria-label="Search the prompts"
        placeholder="Search the text  ( / )"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className="max-w-72"
      />
      <Select
        aria-label="Task type"
        value={filter.taskType ?? ""}
        onChange={(event) => onChange({ taskType: event.target.value })}
        className="max-w-56"
      >
        <option value="">All task types</option>
        {taskTypes.map((type) => (
          <option key={type.name} value={type.name}>
            {type.name} ({formatCount(type.count)})
          </option>
        ))}
      </Select>
      <Checkbox
        label={<span className="text-muted">Archived</span>}
        checked={filter.archived}
        onChange={(event) => onChange({ archived: event.target.checked })}
      />
    </div>
  );
}
