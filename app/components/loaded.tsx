"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "./button";
import { errorText } from "./error-text";
import { Notice } from "./notice";
import { SkeletonLines } from "./skeleton";

/** The three states of a query: its skeleton, its error with a way to try again, or its data. */
export function Loaded<Data>({
  query,
  skeleton = <SkeletonLines />,
  children,
}: {
  query: Pick<UseQueryResult<Data, unknown>, "data" | "error" | "isFetching"> & { refetch(): unknown };
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (!query.error) return skeleton;
  return (
    <Notice
      tone="bad"
      title={errorText(query.error)}
      action={
        <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
          Try again
        </Button>
      }
    />
  );
}
