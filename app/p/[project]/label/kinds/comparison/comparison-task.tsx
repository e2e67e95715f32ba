"use client";

import { useCallback, useState } from "react";
import { parseKept } from "@/app/components/browser-store";
import { Button } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { CompletionText } from "@/app/components/completion-text";
import { Input } from "@/app/components/form-fields";
import { useShortcuts } from "@/app/components/shortcuts";
import { AnswerBar } from "@/app/p/[project]/label/answer-bar";
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
function ComparisonTask({ task, draft, isDeaf, onDraft, onSubmit }: TaskPageProps) {
  const [answer, setAnswer] = useState<ComparisonAnswer>(
    () => parseKept(draft, comparisonAnswerSchema) ?? EMPTY_ANSWER,
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
  const hint = comparison ? null : sided ? "How much better?" : "Which is better?";
  return (
    <>
      <PromptPanel messages={task.prompt.messages} />
      <div className="grid items-stretch gap-3 md:grid-cols-2">
        <CompletionPanel side="left" completion={left} chosen={answer.verdict === "left"} onChoose={side("left")} />
        <CompletionPanel side="right" completion={right} chosen={answer.verdict === "right"} onChoose={side("right")} />
      </div>
      <AnswerBar
        isDeaf={isDeaf}
        ready={comparison !== null}
        hint={hint}
        onSubmit={submit}
        note={
          <Input
            aria-label="Note (optional)"
            placeholder="Note (optional)"
            // The bar has room for the hint or for the note: a second line would move everything with each answer.
            className={cx("w-36 max-lg:hidden", hint && answer.note === "" && "max-2xl:hidden")}
            maxLength={2000}
            value={answer.note}
            onChange={(event) => change({ ...answer, note: event.target.value })}
          />
        }
      >
        <fieldset className="flex gap-1.5" aria-label="Which is better">
          <Toggle pressed={answer.verdict === "left"} keys="A" onClick={side("left")}>
            <SideName side="left" />
          </Toggle>
          <Toggle pressed={answer.verdict === "right"} keys="B" onClick={side("right")}>
            <SideName side="right" />
          </Toggle>
        </fieldset>
        <span className="h-5 w-px bg-line max-sm:hidden" aria-hidden />
        <fieldset className="flex gap-1.5 max-sm:order-1 max-sm:w-full max-sm:gap-1" aria-label="How much better">
          {STRENGTHS.map((strength, index) => (
            <Toggle
              key={strength}
              pressed={answer.strength === strength}
              keys={String(index + 1)}
              disabled={!sided}
              className="max-sm:min-w-0 max-sm:flex-auto max-sm:px-1 max-sm:text-xs"
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

const SIDES = {
  left: { key: "A", wide: "Left", narrow: "First" },
  right: { key: "B", wide: "Right", narrow: "Second" },
};

/**
 * The name of a side: its place, and below one another on a phone its order. A and B are the keys of the sides. They are
 * not the completions' letters, which are the same for everybody whatever the sides.
 */
function SideName({ side }: { side: keyof typeof SIDES }) {
  const { wide, narrow } = SIDES[side];
  return (
    <>
      <span className="max-md:hidden">{wide}</span>
      <span className="md:hidden">{narrow}</span>
    </>
  );
}

function CompletionPanel({
  side,
  completion,
  chosen,
  onChoose,
}: {
  side: keyof typeof SIDES;
  completion: { content: string; finished: boolean };
  chosen: boolean;
  onChoose(): void;
}) {
  return (
    <article
      aria-label={`${SIDES[side].wide} completion`}
      className={cx(
        "flex min-w-0 flex-col rounded-lg border bg-surface",
        chosen ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <header className="flex items-center justify-between gap-2 border-line border-b px-3 py-1.5">
        <h2 className="font-medium text-muted text-xs">
          <SideName side={side} />
        </h2>
        <Toggle pressed={chosen} size="sm" keys={SIDES[side].key} onClick={onChoose}>
          <span>
            <SideName side={side} /> is better
          </span>
        </Toggle>
      </header>
      <div className="px-4 py-3">
        <CompletionText completion={completion} size="judged" />
      </div>
    </article>
  );
}

export const comparisonPage = { Task: ComparisonTask, draftOf: draftOfComparison } satisfies KindPage<"comparison">;
