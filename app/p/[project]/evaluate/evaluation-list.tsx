"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { SUITE_NAMES, type SuiteName, suiteOf } from "@/domain/evaluation/suites";
import { MODEL_KIND_NAMES } from "@/domain/models/model-kinds";
import { pathsOf } from "@/domain/paths";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";
import { AnswersSheet, type ShownAnswers } from "./answers-sheet";
import { EvaluationProgress } from "./evaluation-progress";
import { SuiteCell } from "./suite-cell";

export type Evaluated = Outputs["evaluations"]["list"][number];

export const resultOf = (row: Evaluated | undefined, suite: SuiteName) =>
  row?.evaluation?.results.find((result) => result.suite === suite);

/** What each model can do, beside the model that it was trained from: whether training made it forget. */
export function EvaluationList() {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.evaluations.list.queryOptions({ project }));
  const [shown, setShown] = useState<ShownAnswers | null>(null);
  return (
    <>
      <PageHeader
        title="Evaluate"
        about="Every model answers the same questions, which shows whether training on your labels made it forget what it could do. Each share comes with its 95 % interval; with this few questions, only large changes can be told from chance."
      />
      <Loaded query={query} skeleton={<SkeletonTable />}>
        {(rows) => (
          <Table>
            <thead>
              <tr>
                <Th>Model</Th>
                {SUITE_NAMES.map((suite) => (
                  <Th key={suite} numeric>
                    {suiteOf(suite).title}
                  </Th>
                ))}
                <Th>Evaluated</Th>
                <Th>
                  <span className="sr-only">Action</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const parent = rows.find(({ model }) => model.id === row.model.parentId);
                return (
                  <Tr key={row.model.id}>
                    <Td>
                      <span className="inline-flex flex-wrap items-center gap-2">
                        <Link className="link font-medium" href={pathsOf(project).model(row.model.id)}>
                          {row.model.name}
                        </Link>
                        {row.model.kind === "base" && <Badge>{MODEL_KIND_NAMES.base}</Badge>}
                      </span>
                    </Td>
                    {SUITE_NAMES.map((suite) => (
                      <Td key={suite} numeric>
                        <SuiteCell
                          model={row.model.name}
                          suite={suite}
                          result={resultOf(row, suite)}
                          parent={parent && { name: parent.model.name, result: resultOf(parent, suite) }}
                          onShow={(result, before) => setShown({ model: row.model.name, suite, result, before })}
                        />
                      </Td>
                    ))}
                    <Td>{row.evaluation?.finishedAt ? <RelativeTime date={row.evaluation.finishedAt} /> : <None />}</Td>
                    <Td>
                      <EvaluateAction row={row} />
                    </Td>
                  </Tr>
                );
              })}
            </tbody>
          </Table>
        )}
      </Loaded>
      <AnswersSheet shown={shown} onClose={() => setShown(null)} />
    </>
  );
}

const None = () => <span className="text-faint">–</span>;

function EvaluateAction({ row: { model, evaluation } }: { row: Evaluated }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const start = useMutation(
    trpc.evaluations.start.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.evaluations.pathKey() }),
      onError: (problem) => toast({ tone: "bad", title: errorText(problem) }),
    }),
  );
  if (evaluation && isUnderWay(evaluation.status)) return <EvaluationProgress evaluationId={evaluation.id} />;
  return (
    <div className="grid justify-items-start gap-1">
      <Button
        size="sm"
        busy={start.isPending}
        aria-label={`Evaluate ${model.name}`}
        onClick={() => start.mutate({ project, modelVersionId: model.id })}
      >
        {evaluation ? "Evaluate again" : "Evaluate"}
      </Button>
      {evaluation?.status === "cancelled" && <span className="text-muted text-xs">stopped</span>}
      {evaluation?.error && <span className="max-w-60 text-bad text-xs">{evaluation.error}</span>}
    </div>
  );
}
