"use client";

import { useQuery } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import { ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { SkeletonTable } from "@/app/components/skeleton";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import { AgreementPanel } from "./agreement-panel";
import { AnnotatorTable } from "./annotator-table";
import { PeoplePanel } from "./people-panel";

/** How far people agree, and what each of them has given. */
export function QualityView() {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.quality.get.queryOptions({ project }));
  return (
    <>
      <PageHeader
        title="Quality"
        about="How far people agree where several labelled the same task, and the habits that show in each person's labels. Intervals are 95 %; labels that were taken back, corrected or excluded do not count."
      />
      <Loaded query={query} skeleton={<SkeletonTable />}>
        {({ kinds, pairs, annotators }) =>
          annotators.length === 0 ? (
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
              <AgreementPanel kinds={kinds} />
              {pairs.length > 0 && <PeoplePanel pairs={pairs} />}
              <AnnotatorTable annotators={annotators} />
            </div>
          )
        }
      </Loaded>
    </>
  );
}
