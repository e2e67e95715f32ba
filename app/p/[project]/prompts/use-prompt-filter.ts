"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type PromptFilter = { taskType?: string; search?: string; archived: boolean };

/** The filter lives in the address: it can be linked to, and Back undoes it. */
export function usePromptFilter(): [PromptFilter, (change: Partial<PromptFilter>) => void] {
  const params = useSearchParams();
  const pathname = usePathname();
  const router = useRouter();
  const filter = {
    taskType: params.get("taskType") ?? undefined,
    search: params.get("search") ?? undefined,
    archived: params.has("archived"),
  };
  const change = useCallback(
    (part: Partial<PromptFilter>) => {
      const next = new URLSearchParams(params);
      for (const [name, value] of Object.entries(part)) {
        if (value) next.set(name, value === true ? "" : value);
        else next.delete(name);
      }
      router.replace(next.size > 0 ? `${pathname}?${next}` : pathname, { scroll: false });
    },
    [params, pathname, router],
  );
  return [filter, change];
}
