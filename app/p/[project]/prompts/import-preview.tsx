import { Badge } from "@/app/components/badge";
import { excerpt, plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";

type Preview = Outputs["prompts"]["previewImport"];
type Issue = { line?: number; field?: string | null; message: string };

/** What is wrong, line by line. Nothing is taken in while there is one. */
export function ImportIssues({ issues }: { issues: Issue[] }) {
  return (
    <Notice tone="bad" title={`${plural(issues.length, "problem")}; nothing is imported until they are mended`}>
      <ul className="mt-1.5 grid max-h-52 gap-1 overflow-y-auto">
        {issues.map((issue) => (
          <li key={`${issue.line} ${issue.field} ${issue.message}`} className="text-ink">
            <span className="mr-2 font-medium tabular-nums">{issue.line ? `Line ${issue.line}` : "The file"}</span>
            {issue.field && <code className="mr-2 font-mono text-xs">{issue.field}</code>}
            {issue.message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** `ready` counts the prompts that are new; there may be answers to known ones besides. */
export function ImportPreview({ preview, ready }: { preview: Preview; ready: number }) {
  const left = [
    preview.duplicates > 0 && `${plural(preview.duplicates, "duplicate")} in the file`,
    preview.alreadyPresent > 0 && `${preview.alreadyPresent} already in the project`,
  ].filter(Boolean);
  return (
    <div className="grid gap-3">
      {preview.issues.length > 0 ? (
        <ImportIssues issues={preview.issues} />
      ) : ready > 0 ? (
        <p>
          <strong className="font-semibold">{plural(ready, "new prompt")}</strong>
          {left.length > 0 && <span className="text-muted"> · left out: {left.join(", ")}</span>}
        </p>
      ) : (
        <Notice tone="warn">No new prompts in this file{left.length > 0 ? `: ${left.join(", ")}` : ""}.</Notice>
      )}
      {preview.ignoredFields.length > 0 && (
        <p className="text-muted text-xs">Not read: {preview.ignoredFields.join(", ")}.</p>
      )}
      {preview.controlTokens.rows > 0 && (
        <Notice tone="warn">
          {plural(preview.controlTokens.rows, "row")} with control tokens of chat templates (line{" "}
          {preview.controlTokens.lines.join(", ")}
          {preview.controlTokens.rows > preview.controlTokens.lines.length && ", …"}): a model reads them as the end of
          a turn or the beginning of another one, not as text.
        </Notice>
      )}
      {preview.rows.length > 0 && (
        <Table>
          <thead>
            <tr>
              <Th numeric>Line</Th>
              <Th>Prompt</Th>
              <Th>Task type</Th>
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row) => (
              <Tr key={row.line}>
                <Td numeric className="w-12 text-faint">
                  {row.line}
                </Td>
                <Td className="[overflow-wrap:anywhere]">
                  {row.messages.length > 1 && <span className="text-faint">{row.messages.length} turns · </span>}
                  {excerpt(row.messages.at(-1)?.content ?? "", 140)}
                  {row.answer && <span className="mt-0.5 block text-muted text-xs">{answerExcerpt(row.answer)}</span>}
                </Td>
                <Td>
                  <Badge>{row.taskType}</Badge>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {ready > preview.rows.length && (
        <p className="text-faint text-xs">
          The first {preview.rows.length} of {plural(ready, "new prompt")}.
        </p>
      )}
    </div>
  );
}

type Answer = NonNullable<Preview["rows"][number]["answer"]>;

/** What a row becomes, in one line. */
function answerExcerpt(answer: Answer): string {
  switch (answer.kind) {
    case "demonstration":
      return `Demonstration: ${excerpt(answer.content, 100)}`;
    case "comparison": {
      const better = answer.margin === null ? `${answer.strength} better` : `better by ${answer.margin}`;
      return `Chosen, ${better}: ${excerpt(answer.chosen, 60)} · rejected: ${excerpt(answer.rejected, 60)}`;
    }
    case "unpaired":
      return `Thumb ${answer.desirable ? "up" : "down"}: ${excerpt(answer.content, 100)}`;
    case "rating":
      return `Rated: ${answer.completions.map(({ content, scores }) => `${scores.map(({ score }) => score).join("/")} ${excerpt(content, 40)}`).join(" · ")}`;
    case "ranking":
      return `Ranked: ${answer.completions.map(({ content, rank }) => `${rank}. ${excerpt(content, 40)}`).join(" · ")}`;
  }
}
