"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Field, Input } from "@/app/components/form-fields";
import { useTRPC } from "@/app/trpc-client";
import { DEFAULT_TOKEN_LIMIT, describeCut, MOST_TOKENS } from "@/domain/generations/token-limit";
import { useProject } from "../project-context";

/**
 * How many tokens a completion has at most. It starts with what the last round suggests, and says how many completions that
 * round had cut: what is cut is judged and trained on without an end.
 */
export function TokenLimitField({ name, onChange }: { name?: string; onChange?(tokens: number | undefined): void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const { data } = useQuery(trpc.generations.tokenLimit.queryOptions({ project: slug }));
  const [typed, setTyped] = useState<string | null>(null);
  const cut = describeCut(data?.last ?? null);
  return (
    <Field label="Maximum tokens" hint={cut ?? "A longer answer is cut here."}>
      <Input
        name={name}
        type="number"
        min={1}
        max={MOST_TOKENS}
        required
        value={typed ?? data?.suggested ?? DEFAULT_TOKEN_LIMIT}
        onChange={(event) => {
          setTyped(event.target.value);
          const tokens = event.target.valueAsNumber;
          onChange?.(Number.isNaN(tokens) ? undefined : tokens);
        }}
      />
    </Field>
  );
}
