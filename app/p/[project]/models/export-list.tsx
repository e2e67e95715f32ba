"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { DownloadList } from "@/app/components/download-list";
import { errorText } from "@/app/components/error-text";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";
import { ExportProgress } from "./export-progress";

type Variant = Outputs["exports"]["list"][number];

/** The forms that a model can be taken away in: made when asked for, then kept to be downloaded. */
export function ExportList({ modelVersionId }: { modelVersionId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const query = useQuery(trpc.exports.list.queryOptions({ project: slug, modelVersionId }));
  return (
    <Loaded query={query}>
      {(variants) => (
        <ul className="grid gap-4">
          {variants.map((variant) => (
            <ExportVariant
              key={`${variant.format} ${variant.type}`}
              modelVersionId={modelVersionId}
              variant={variant}
            />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function ExportVariant({ modelVersionId, variant }: { modelVersionId: string; variant: Variant }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const invalidate = () => queryClient.invalidateQueries({ queryKey: trpc.exports.pathKey() });
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const start = useMutation(trpc.exports.start.mutationOptions({ onSuccess: invalidate, onError }));
  const remove = useMutation(trpc.exports.remove.mutationOptions({ onSuccess: invalidate, onError }));
  const { title, meaning, format, type, export: made } = variant;
  const goesOn = made !== null && isUnderWay(made.status);
  const isThere = made !== null && made.files.length > 0;
  return (
    <li aria-label={title} className="grid gap-2">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h3 className="font-medium">{title}</h3>
          <p className="text-muted text-sm">{meaning}</p>
        </div>
        {!goesOn && !isThere && (
          <Button
            size="sm"
            busy={start.isPending}
            onClick={() => start.mutate({ project: slug, modelVersionId, format, type })}
          >
            {made?.error ? "Try again" : "Export"}
          </Button>
        )}
        {isThere && (
          <Button
            size="sm"
            title="Frees disk space; you can export again at any time"
            busy={remove.isPending}
            onClick={() => remove.mutate({ project: slug, exportId: made.id })}
          >
            Remove
          </Button>
        )}
      </div>
      {goesOn && <ExportProgress key={made.id} exportId={made.id} title={title} />}
      {!goesOn && made?.error && <Notice tone="bad">{made.error}</Notice>}
      {isThere && <DownloadList base={pathsOf(slug).files.export(made.id)} files={made.files} />}
    </li>
  );
}
