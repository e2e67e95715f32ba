import { Badge } from "@/app/components/badge";
import { excerpt, plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { LABEL_KIND_NAMES } from "@/domain/labels/kinds";
import { type FoundFile, placeWords } from "./import-words";

type Preview = FoundFile;
/** `ready` counts the prompts that are new; there may be answers to known ones besides. */
export function ImportPreview({ preview, ready }: { preview: Preview; ready: number }) {
  const hasElements = preview.rows.some(({ element }) => element !== undefined);
  return (
    <div className="grid gap-3">
      {preview.issueCount === 0 && ready <= 0 && <Notice tone="warn">This file has no new prompts.</Notice>}
      {preview.controlTokens.rows > 0 && (
        <Notice tone="warn">
          {plural(preview.controlTokens.rows, "row")} with control tokens of a chat template (
          {preview.controlTokens.places.map(placeWords).join(", ")}
          {preview.controlTokens.rows > preview.controlTokens.places.length && ", …"}): a model reads such tokens as the
          end of a turn or the beginning of another, not as text.
        </Notice>
      )}
      {preview.rows.length > 0 && (
        <Table>
          <thead>
            <tr>
              <Th numeric>{hasElements ? "Row" : "Line"}</Th>
              <Th>Prompt</Th>
              <Th>Task type</Th>
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row) => (
              <Tr key={row.hash}>
                <Td numeric className="w-12 text-faint">
                  {row.element === undefined ? row.line : row.element + 1}
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
          Showing the first {preview.rows.length} of {plural(ready, "new prompt")}.
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
    case "own":
      return `${ownWords(answer.task)}: ${answer.task.completions.map(({ content }) => excerpt(content, 40)).join(" · ")}`;
    case "ranking":
      return `Ranked: ${answer.completions.map(({ content, rank }) => `${rank}. ${excerpt(content, 40)}`).join(" · ")}`;
  }
}

function ownWords({ kind, label }: Extract<Answer, { kind: "own" }>["task"]): string {
  const name = LABEL_KIND_NAMES[kind];
  if (!label) return `Open task, ${name.toLowerCase()}`;
  return `${name} by ${label.annotator.name ?? label.annotator.id ?? "a person without a name"}`;
}
