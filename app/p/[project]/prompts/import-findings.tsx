import type { ReactNode } from "react";
import { plural } from "@/app/components/format";
import {
  answerWords,
  countAnswers,
  countedWords,
  type FoundFile,
  newAnswers,
  newPrompts,
  splitWords,
} from "./import-words";

/** What a file is, what its rows become, and what of it is not taken. */
export function ImportFindings({ found }: { found: FoundFile }) {
  const formats = found.formats.map(({ name, rows }) => `${name} (${plural(rows, "row")})`).join(", ");
  const repeated = [
    found.duplicates > 0 && `${plural(found.duplicates, "prompt")} repeated in the file`,
    found.alreadyPresent > 0 && `${plural(found.alreadyPresent, "prompt")} already in the project`,
    found.repeatedAnswers > 0 && `${plural(found.repeatedAnswers, "answer")} repeated in the file`,
    countAnswers(found.knownAnswers) > 0 && `${answerWords(found.knownAnswers)} already in the project`,
  ].filter(Boolean);
  const answers = newAnswers(found);
  const splits = splitWords(found.splits);
  const moved = found.splits.train.moved + found.splits.validation.moved;
  return (
    <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
      <Fact name="Format">
        {found.container}
        {formats && `: ${formats}`}
      </Fact>
      <Fact name="Becomes">
        {plural(newPrompts(found), "new prompt")}
        {countAnswers(answers) > 0 && ` and ${answerWords(answers)}`}
      </Fact>
      {repeated.length > 0 && <Fact name="Imported only once">{repeated.join(", ")}</Fact>}
      {found.ignored.length > 0 && <Fact name="Not read">{found.ignored.map(countedWords).join(", ")}</Fact>}
      {found.leftOut.length > 0 && (
        <Fact name="Left out, as the file asks">{found.leftOut.map(countedWords).join(", ")}</Fact>
      )}
      {found.keptMargins > 0 && (
        <Fact name="Margins">
          The margin of {plural(found.keptMargins, "pair")} lies between two strengths. The margin is kept, and the
          nearest strength is shown with it.
        </Fact>
      )}
      {splits.length > 0 && (
        <Fact name="Split">
          {splits.join("; ")}.
          {moved > 0 &&
            " A prompt’s text decides its split once and for all, so that no prompt is ever trained on in one version and tested with in another."}
        </Fact>
      )}
      {found.references > 0 && (
        <Fact name="Reference answers">
          {plural(found.references, "row")} with <code className="font-mono">answer</code>: it is read and not kept, for
          in a project people judge. On the command line the reward exactMatch compares with it.
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
