"use client";

import { useQuery } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import { ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import { AgreementPanel } from "./agreement-panel";
import { AnnotatorTable } from "./annotator-table";
import { PeoplePanel } from "./people-panel";

const LOOK_AGAIN_MILLISECONDS = 5_000;

/** How far people agree, and what each of them has given. */
export function QualityView() {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.quality.get.queryOptions({ project }),
    // What was measured before the newest labels stands until the new measures are there.
    refetchInterval: ({ state }) => (state.data?.isCurrent === false ? LOOK_AGAIN_MILLISECONDS : false),
  });
  return (
    <>
      <PageHeader
        title="Quality"
        about="How far people agree where several labelled the same task, and the habits that show in each person's labels. Intervals are 95 %; labels that were taken back, corrected or excluded do not count."
      />
      <Loaded
        query={query}
        skeleton={
          <>
            <p className="mb-3 text-muted">
              All labels are being read. Of hundreds of thousands this takes some seconds.
            </p>
            <SkeletonTable />
          </>
        }
      >
        {(quality) =>
          quality.annotators.length === 0 ? (
            <EmptyState
              icon={<Scale />}
              title="No labels yet"
              action={<ButtonLink href={pathsOf(project).label}>Start labelling</ButtonLink>}
            >
              Agreement can be measured only where several people labelled the same task: make tasks for two or more
              people.
            </EmptyState>
          ) : (
            <div className="grid gap-5">
              <p className="text-muted">
                Measured <RelativeTime date={quality.computedAt} /> on {plural(quality.labels, "label")}.
                {!quality.isCurrent && " Labels have changed since; they will be measured anew shortly."}
              </p>
              <AgreementPanel kinds={quality.kinds} />
              {quality.pairs + quality.sparsePairs > 0 && <PeoplePanel quality={quality} />}
              <AnnotatorTable annotators={quality.annotators} />
            </div>
          )
        }
      </Loaded>
    </>
  );
}
