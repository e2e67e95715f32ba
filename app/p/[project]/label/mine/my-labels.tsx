"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Tags } from "lucide-react";
import { Badge } from "@/app/components/badge";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { errorText } from "@/app/components/error-text";
import { excerpt } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { ActionsTh, Table, Td, Th, Tr } from "@/app/components/table";
import { toast } from "@/app/components/toast";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { LABEL_KIND_NAMES } from "@/domain/labels/kinds";
import { pathsOf } from "@/domain/paths";

/** What one has said, newest first; taking an answer back puts its task on one's desk again. */
export function MyLabels() {
  const { slug } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useInfiniteQuery(
    trpc.labels.mine.infiniteQueryOptions(
      { project: slug },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  );
  const withdraw = useMutation(
    trpc.labels.withdraw.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.labels.pathKey() });
        toast({ title: "Taken back", detail: "The task is on your desk again.", tone: "good" });
      },
      onError: (error) => void toast({ title: "The label was not taken back", detail: errorText(error), tone: "bad" }),
    }),
  );
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageHeader
        trail={[{ label: "Label", href: pathsOf(slug).label }]}
        title="My labels"
        about="Every answer can be corrected or taken back. What you said before stays in the history."
      />
      <Loaded query={query} skeleton={<SkeletonTable />}>
        {() =>
          rows.length === 0 ? (
            <EmptyState
              icon={<Tags />}
              title="No labels yet"
              action={
                <ButtonLink variant="primary" href={pathsOf(slug).label}>
                  Start labelling
                </ButtonLink>
              }
            >
              Each answer you give is listed here.
            </EmptyState>
          ) : (
            <>
              <Table>
                <thead>
                  <tr>
                    <Th>Prompt</Th>
                    <Th className="max-sm:hidden">Kind</Th>
                    <Th>What you said</Th>
                    <Th className="max-sm:hidden">When</Th>
                    <ActionsTh />
                  </tr>
                </thead>
                <tbody>
                  {rows.map((label) => (
                    <Tr key={label.id}>
                      <Td className="max-w-md" title={label.promptText}>
                        {excerpt(label.promptText, 120)}
                        <p className="text-muted text-xs sm:hidden">
                          {LABEL_KIND_NAMES[label.kind]}, <RelativeTime date={label.createdAt} />
                        </p>
                      </Td>
                      <Td className="max-sm:hidden">{LABEL_KIND_NAMES[label.kind]}</Td>
                      <Td className="[overflow-wrap:anywhere]">
                        <span title="A, B … are the task's completions in an order that is the same for everybody">
                          {label.outcome}
                        </span>{" "}
                        {label.left && <span className="text-faint text-xs">({label.left} was on the left)</span>}{" "}
                        {label.withdrawn && <Badge>taken back</Badge>}
                        {label.superseded && <Badge>corrected</Badge>}
                        {label.note && <p className="text-muted text-xs">{label.note}</p>}
                      </Td>
                      <Td className="max-sm:hidden">
                        <RelativeTime date={label.createdAt} />
                      </Td>
                      <Td>
                        {!label.withdrawn && !label.superseded && (
                          <span className="flex gap-1.5 max-sm:flex-col">
                            <ButtonLink size="sm" href={pathsOf(slug).correctLabel(label.id)}>
                              Correct
                            </ButtonLink>
                            <Button
                              size="sm"
                              disabled={withdraw.isPending}
                              onClick={() => withdraw.mutate({ project: slug, labelId: label.id })}
                            >
                              Take back
                            </Button>
                          </span>
                        )}
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
              {query.hasNextPage && (
                <div className="mt-3 text-center">
                  <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Show more
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}
