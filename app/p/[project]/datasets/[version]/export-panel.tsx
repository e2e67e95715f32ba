"use client";

import { useQuery } from "@tanstack/react-query";
import { plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";

type Export = Outputs["datasets"]["exports"][number];

/** The records in the formats of other tools, with what each of them can't hold. */
export function ExportPanel({ datasetVersionId }: { datasetVersionId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const exports = useQuery(trpc.datasets.exports.queryOptions({ project: slug, datasetVersionId }));
  return (
    <Panel title="Other formats">
      <Loaded query={exports} skeleton={<SkeletonLines lines={3} />}>
        {(formats) => (
          <ul className="grid gap-3 md:grid-cols-2">
            {formats.map((one) => (
              <li key={one.format} className="min-w-0">
                <p className="font-medium">{one.title}</p>
                <p className="text-muted text-xs">{one.about}</p>
                <Files base={pathsOf(slug).files.datasetExport(datasetVersionId)} files={one.files} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <p className="mt-3 text-faint text-xs">
        The files above keep the label and annotator ids of each record; the formats of other tools have no place for
        them.
      </p>
    </Panel>
  );
}

function Files({ base, files }: { base: string; files: Export["files"] }) {
  return (
    <ul className="mt-1 grid gap-0.5 text-xs">
      {files.map(({ name, records, leftOut }) => (
        <li key={name}>
          <a href={`${base}/${name}`} download className="link font-mono">
            {name}
          </a>{" "}
          {leftOut === null ? "" : plural(records, "record")}
          {leftOut?.map(({ reason, count }) => (
            <span key={reason} className="text-warn">
              {" "}
              · left out: {plural(count, "record")} {reason}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
