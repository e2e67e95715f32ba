"use client";

import { Button } from "./button";
import { formatCount } from "./format";

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };

/** The end of a list that comes in pages: how much of it is shown, and the next page. */
export function LoadMore({
  query,
  shown,
  total,
  isMore,
}: {
  query: Pages;
  shown: string;
  total?: number | undefined;
  /** Whether there are more than `total`, since they were not counted any further. */
  isMore?: boolean | undefined;
}) {
  return (
    <div className="flex items-center justify-between gap-3 text-muted text-xs">
      <span>
        {shown} shown
        {total !== undefined && query.hasNextPage && ` of ${isMore ? "more than " : ""}${formatCount(total)}`}
      </span>
      {query.hasNextPage && (
        <Button size="sm" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}
