import type { ReactNode } from "react";
import { plural } from "@/app/components/format";
import { answerWords, countAnswers, countedWords, type FoundFile } from "./import-words";

/** What a file is, what its rows become, and what of it is not taken. */
export function ImportFindings({ found }: { found: FoundFile }) {
  const formats = found.formats.map(({ name, rows }) => `${name} (${plural(rows, "row")})`).join(", ");
  const repeated = [
    found.duplicates > 0 && `${plural(found.duplicates, "prompt")} repeated in the file`,
    found.alreadyPresent > 0 && `${plural(found.alreadyPresent, "prompt")} already in the project`,
    found.repeatedAnswers > 0 && `${plural(found.repeatedAnswers, "answer")} repeated in the file`,
  ].filter(Boolean);
  const prompts = found.total - found.duplicates - found.alreadyPresent;
  return (
    <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
      <Fact name="Format">
        {found.container}
        {formats && `: ${formats}`}
      </Fact>
      <Fact name="Becomes">
        {plural(Math.max(0, prompts), "new prompt")}
        {countAnswers(found.answers) > 0 && `, with ${answerWords(found.answers)} beside prompts`}
      </Fact>
      {repeated.length > 0 && <Fact name="Taken once">{repeated.join(", ")}</Fact>}
      {found.ignored.length > 0 && <Fact name="Not read">{found.ignored.map(countedWords).join(", ")}</Fact>}
      {found.leftOut.length > 0 && (
        <Fact name="Left out by their own word">{found.leftOut.map(countedWords).join(", ")}</Fact>
      )}
      {found.keptMargins > 0 && (
        <Fact name="Margins">
          {plural(found.keptMargins, "pair")} with a margin that no strength has: the margin is kept, and the nearest
          strength is shown beside it
        </Fact>
      )}
      {found.otherSplits > 0 && (
        <Fact name="Split">
          {plural(found.otherSplits, "row")} with another split than the project gives by the prompt’s text, which holds
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted text-xs leading-5">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}
