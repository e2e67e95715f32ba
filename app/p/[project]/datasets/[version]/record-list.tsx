import Link from "next/link";
import { Badge } from "@/app/components/badge";
import { CompletionText } from "@/app/components/completion-text";
import { excerpt, formatNumber } from "@/app/components/format";
import { RelativeTime } from "@/app/components/relative-time";
import { ScrollBox } from "@/app/components/scroll-box";
import { sourceWords } from "@/app/components/source-words";
import { useProject } from "@/app/p/[project]/project-context";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";

type DatasetRecord = Outputs["datasets"]["get"]["records"][number];

/** Records in the order of their files, each with the labels that it came of and their people. */
export function RecordList({ records }: { records: DatasetRecord[] }) {
  return (
    <ol className="grid gap-3">
      {records.map((record) => (
        <li key={record.id} className="rounded-lg border border-line bg-surface">
          <div className="grid gap-2.5 px-4 py-3">
            <p className="line-clamp-3 font-medium [overflow-wrap:anywhere]">{excerpt(record.promptText, 400)}</p>
            <div className="grid gap-2.5 md:grid-cols-2">
              <Side
                tone={record.kind === "unpaired" && !record.desirable ? "bad" : "good"}
                label={
                  record.kind === "preference"
                    ? "Chosen"
                    : record.kind === "demonstration"
                      ? "Demonstration"
                      : record.desirable
                        ? "Desirable"
                        : "Undesirable"
                }
                completion={record.chosen}
              />
              {record.rejected && <Side tone="bad" label="Rejected" completion={record.rejected} />}
            </div>
          </div>
          <Sources record={record} />
        </li>
      ))}
    </ol>
  );
}

function Side({
  tone,
  label,
  completion,
}: {
  tone: "good" | "bad";
  label: string;
  completion: DatasetRecord["chosen"];
}) {
  return (
    <div className={`min-w-0 border-l-2 pl-3 ${tone === "good" ? "border-good" : "border-bad"}`}>
      <p className={`mb-0.5 font-medium text-xs ${tone === "good" ? "text-good" : "text-bad"}`}>{label}</p>
      <ScrollBox label={label} className="max-h-48">
        <CompletionText completion={completion} />
      </ScrollBox>
    </div>
  );
}

function Sources({ record }: { record: DatasetRecord }) {
  const { slug } = useProject();
  return (
    <footer className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-t px-4 py-2 text-muted text-xs">
      <Badge>
        {record.split}, line {record.line}
      </Badge>
      {record.margin !== null && <span>margin {formatNumber(record.margin)}</span>}
      <span className="ml-auto flex flex-wrap gap-x-3">
        {record.sources.map((source) => (
          <Link
            key={source.labelId}
            href={pathsOf(slug).prompt(record.promptId, { label: source.labelId })}
            className="link"
            title={`Label ${source.labelId}`}
          >
            label by {source.annotator.name}
            {sourceWords(source.annotator.source)}, <RelativeTime date={source.createdAt} />
          </Link>
        ))}
      </span>
    </footer>
  );
}
