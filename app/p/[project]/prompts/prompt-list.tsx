"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Files, History, Import, Sparkles, TextQuote } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { useShortcuts } from "@/app/components/shortcuts";
import { SkeletonTable } from "@/app/components/skeleton";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { GenerateSheet } from "../generations/generate-sheet";
import { useProject } from "../project-context";
import { ImportDialog } from "./import-dialog";
import { ImportList } from "./import-list";
import { ImportStrip } from "./import-strip";
import { PromptFilters } from "./prompt-filters";
import { PromptTable } from "./prompt-table";
import { usePromptFilter } from "./use-prompt-filter";

export function PromptList() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const [filter, changeFilter] = usePromptFilter();
  const [importing, setImporting] = useState(useSearchParams().has("import"));
  const [showingFiles, setShowingFiles] = useState(false);
  const [generating, setGenerating] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const prompts = useInfiniteQuery(
    trpc.prompts.list.infiniteQueryOptions(
      { project: slug, ...filter },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: (before) => before },
    ),
  );
  useShortcuts("Prompts", [
    { keys: "I", label: "Import prompts", run: () => setImporting(true) },
    { keys: "C", label: "Generate completions", run: () => setGenerating(true) },
  ]);
  const filtered = Boolean(filter.search || filter.taskType || filter.archived);

  return (
    <>
      <PageHeader
        title="Prompts"
        about="What the model is asked, by task type."
        actions={
          <>
            <ButtonLink href={pathsOf(slug).generations} variant="quiet" icon={<History />}>
              Generations
            </ButtonLink>
            <Button variant="quiet" icon={<Files />} onClick={() => setShowingFiles(true)}>
              Files
            </Button>
            <Button icon={<Import />} keys="I" onClick={() => setImporting(true)}>
              Import
            </Button>
            <Button variant="primary" icon={<Sparkles />} keys="C" onClick={() => setGenerating(true)}>
              Generate completions{selected.size > 0 && ` (${selected.size})`}
            </Button>
          </>
        }
      />
      {!importing && <ImportStrip onShow={() => setImporting(true)} />}
      <Loaded query={prompts} skeleton={<SkeletonTable rows={10} />}>
        {({ pages }) => {
          const first = pages[0]?.first;
          const rows = pages.flatMap((page) => page.rows);
          if (rows.length === 0 && !filtered)
            return (
              <EmptyState
                icon={<TextQuote />}
                title="No prompts yet"
                action={
                  <Button variant="primary" icon={<Import />} onClick={() => setImporting(true)}>
                    Import prompts
                  </Button>
                }
              >
                Paste questions, or upload a file.
              </EmptyState>
            );
          return (
            <div className="grid gap-3">
              <PromptFilters filter={filter} onChange={changeFilter} taskTypes={first?.taskTypes ?? []} />
              {rows.length === 0 ? (
                <EmptyState
                  title="No prompt matches"
                  action={
                    <Button onClick={() => changeFilter({ search: "", taskType: "", archived: false })}>
                      Clear the filter
                    </Button>
                  }
                />
              ) : (
                <PromptTable rows={rows} selected={selected} onSelect={setSelected} />
              )}
              <LoadMore
                query={prompts}
                shown={plural(rows.length, "prompt")}
                total={first?.total}
                isMore={first?.isMore}
              />
            </div>
          );
        }}
      </Loaded>
      <ImportDialog open={importing} onOpenChange={setImporting} />
      <ImportList open={showingFiles} onOpenChange={setShowingFiles} />
      <GenerateSheet open={generating} onOpenChange={setGenerating} selected={[...selected]} />
    </>
  );
}
