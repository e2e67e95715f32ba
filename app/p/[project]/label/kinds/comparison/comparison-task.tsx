"use client";

import { useCallback, useState } from "react";
import { Button } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { CompletionText } from "@/app/components/completion-text";
import { Input } from "@/app/components/form-fields";
import { useShortcuts } from "@/app/components/shortcuts";
import { AnswerBar } from "@/app/p/[project]/label/answer-bar";
import { parseDraft } from "@/app/p/[project]/label/drafts";
import { PromptPanel } from "@/app/p/[project]/label/prompt-panel";
import type { ComparisonStrength } from "@/domain/labels/comparison";
import type { KindPage, TaskPageProps } from "../kind-page";
import {
  answerAfterKey,
  type ComparisonAnswer,
  chooseStrength,
  chooseVerdict,
  comparisonAnswerSchema,
  comparisonOf,
  draftOfComparison,
  EMPTY_ANSWER,
  STRENGTHS,
  type Verdict,
} from "./comparison-answer";

const STRENGTH_WORDS: Record<ComparisonStrength, string> = {
  significantly: "Significantly better",
  clearly: "Clearly better",
  slightly: "Slightly better",
  negligibly: "Negligibly better",
};

/** One prompt, two completions, one choice. All of it works without a pointer. */
function ComparisonTask({ task, draft, onDraft, onSubmit }: TaskPageProps) {
  const [answer, setAnswer] = useState<ComparisonAnswer>(
    () => parseDraft(draft, comparisonAnswerSchema) ?? EMPTY_ANSWER,
  );
  const [left, right] = task.completions;
  const comparison = left && right ? comparisonOf(answer, left.id, right.id) : null;

  const change = useCallback(
    (next: ComparisonAnswer | null) => {
      if (!next) return;
      setAnswer(next);
      onDraft(JSON.stringify(next));
    },
    [onDraft],
  );
  const submit = useCallback(() => {
    if (comparison)
      onSubmit({ kind: "comparison", comparison, ...(answer.note.trim() ? { note: answer.note.trim() } : {}) });
  }, [answer.note, comparison, onSubmit]);

  const press = (key: string) => () => change(answerAfterKey(answer, key));
  useShortcuts("Comparison", [
    { keys: "A", label: "Left is better", run: press("a") },
    { keys: "ArrowLeft", label: "Left is better", run: press("a") },
    { keys: "B", label: "Right is better", run: press("b") },
    { keys: "ArrowRight", label: "Right is better", run: press("b") },
    ...STRENGTHS.map((strength, index) => ({
      keys: String(index + 1),
      label: STRENGTH_WORDS[strength],
      run: press(String(index + 1)),
    })),
    { keys: "E", label: "Tie: equally good", run: press("e") },
    { keys: "X", label: "Both bad", run: press("x") },
    { keys: "Ctrl+Enter", label: "Submit, even while typing", whileTyping: true, run: submit },
  ]);

  if (!left || !right) return null;
  const side = (verdict: Verdict) => () => change(chooseVerdict(answer, verdict));
  const sided = answer.verdict === "left" || answer.verdict === "right";
  return (
    <>
      <PromptPanel messages={task.prompt.messages} />
      <div className="grid items-stretch gap-3 md:grid-cols-2">
        <CompletionPanel
          name="A"
          place="left"
          completion={left}
          chosen={answer.verdict === "left"}
          onChoose={side("left")}
        />
        <CompletionPanel
          name="B"
          place="right"
          completion={right}
          chosen={answer.verdict === "right"}
          onChoose={side("right")}
        />
      </div>
      <AnswerBar
        ready={comparison !== null}
        hint={comparison ? null : sided ? "How much better? 1–4" : "Which is better? A or B"}
        onSubmit={submit}
        note={
          <Input
            aria-label="Note (optional)"
            placeholder="Note (optional)"
            className="max-w-48 max-lg:hidden"
            maxLength={2000}
            value={answer.note}
            onChange={(event) => change({ ...answer, note: event.target.value })}
          />
        }
      >
        <fieldset className="flex flex-wrap gap-1.5" aria-label="How much better">
          {STRENGTHS.map((strength, index) => (
            <Toggle
              key={strength}
              pressed={answer.strength === strength}
              keys={String(index + 1)}
              disabled={!sided}
              onClick={() => change(chooseStrength(answer, strength))}
            >
              <span className="capitalize">{strength}</span>
            </Toggle>
          ))}
        </fieldset>
        <span className="h-5 w-px bg-line max-sm:hidden" aria-hidden />
        <Toggle pressed={answer.verdict === "tie"} keys="E" onClick={side("tie")}>
          Tie
        </Toggle>
        <Toggle pressed={answer.verdict === "both_bad"} keys="X" onClick={side("both_bad")}>
          Both bad
        </Toggle>
      </AnswerBar>
    </>
  );
}

function Toggle({ pressed, className, ...rest }: { pressed: boolean } & React.ComponentProps<typeof Button>) {
  return (
    <Button
      aria-pressed={pressed}
      className={cx(pressed && "border-accent! bg-accent-soft! text-accent!", className)}
      {...rest}
    />
  );
}

function CompletionPanel({
  name,
  place,
  completion,
  chosen,
  onChoose,
}: {
  name: string;
  /** Where it stands if there is room for both. */
  place: string;
  completion: { content: string; finished: boolean };
  chosen: boolean;
  onChoose(): void;
}) {
  return (
    <article
      aria-label={`Completion ${name}`}
      className={cx(
        "flex min-w-0 flex-col rounded-lg border bg-surface",
        chosen ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <header className="flex items-center justify-between gap-2 border-line border-b px-3 py-1.5">
        <h2 className="font-medium text-muted text-xs">
          {name}
          <span className="max-md:hidden"> · {place}</span>
        </h2>
        <Toggle pressed={chosen} size="sm" keys={name} onClick={onChoose}>
          {name} is better
        </Toggle>
      </header>
      <div className="px-4 py-3">
        <CompletionText completion={completion} size="judged" />
      </div>
    </article>
  );
}

export const comparisonPage = { Task: ComparisonTask, draftOf: draftOfComparison } satisfies KindPage<"comparison">;
