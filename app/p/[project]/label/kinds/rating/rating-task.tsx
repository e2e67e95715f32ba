"use client";

import { useEffect, useRef, useState } from "react";
import { parseKept } from "@/app/components/browser-store";
import { cx } from "@/app/components/class-names";
import { CompletionText } from "@/app/components/completion-text";
import { Notice } from "@/app/components/notice";
import { useShortcuts } from "@/app/components/shortcuts";
import { AnswerBar } from "@/app/p/[project]/label/answer-bar";
import { PromptPanel } from "@/app/p/[project]/label/prompt-panel";
import type { LabelTask } from "@/app/p/[project]/label/use-task-queue";
import type { KindPage, TaskPageProps } from "../kind-page";
import {
  countScored,
  draftOfRating,
  EMPTY_RATING,
  moveCursor,
  type RatingAnswer,
  ratingAnswerSchema,
  ratingOf,
  scoreAt,
  scoreCursor,
  setScore,
} from "./rating-answer";

type Criterion = NonNullable<LabelTask["rubric"]>["criteria"][number];
const SCORES = [1, 2, 3, 4, 5] as const;

/** Each completion 1–5 on each criterion of the rubric: a digit scores and moves on. */
function RatingTask({ task, draft, isDeaf, onDraft, onSubmit }: TaskPageProps) {
  const criteria = task.rubric?.criteria ?? [];
  const grid = { completionIds: task.completions.map(({ id }) => id), criterionIds: criteria.map(({ id }) => id) };
  const [answer, setAnswer] = useState<RatingAnswer>(() => parseKept(draft, ratingAnswerSchema) ?? EMPTY_RATING);
  const rating = criteria.length > 0 ? ratingOf(answer, grid) : null;
  const cells = grid.completionIds.length * grid.criterionIds.length;

  const change = (next: RatingAnswer) => {
    setAnswer(next);
    onDraft(JSON.stringify(next));
  };
  const submit = () => rating && onSubmit({ kind: "rating", rating });
  useShortcuts("Rating", [
    ...SCORES.map((score) => ({
      keys: String(score),
      label: `Score ${score} and move on`,
      run: () => change(scoreCursor(answer, grid, score)),
    })),
    { keys: "ArrowUp", label: "Previous criterion", run: () => change(moveCursor(answer, grid, { criterion: -1 })) },
    { keys: "ArrowDown", label: "Next criterion", run: () => change(moveCursor(answer, grid, { criterion: 1 })) },
    {
      keys: "ArrowLeft",
      label: "Previous completion",
      run: () => change(moveCursor(answer, grid, { completion: -1 })),
    },
    { keys: "ArrowRight", label: "Next completion", run: () => change(moveCursor(answer, grid, { completion: 1 })) },
    { keys: "Ctrl+Enter", label: "Submit, even while typing", whileTyping: true, run: () => void submit() },
  ]);

  if (criteria.length === 0)
    return (
      <Notice tone="warn" title="This task has no rubric">
        Skip this task with Ctrl+Space and tell an admin.
      </Notice>
    );
  return (
    <>
      <PromptPanel messages={task.prompt.messages} />
      <div className="grid gap-3">
        {task.completions.map((completion, row) => (
          <article
            key={completion.id}
            aria-label={`Completion ${completion.name}`}
            className="grid rounded-lg border border-line bg-surface md:grid-cols-[1fr_20rem]"
          >
            <div className="min-w-0 px-4 py-3">
              <h2 className="mb-1 font-medium text-muted text-xs">{completion.name}</h2>
              <CompletionText completion={completion} size="judged" />
            </div>
            <div className="border-line p-2 max-md:border-t md:border-l">
              {criteria.map((criterion, column) => (
                <CriterionRow
                  key={criterion.id}
                  criterion={criterion}
                  score={scoreAt(answer, completion.id, criterion.id)}
                  active={answer.cursor.completion === row && answer.cursor.criterion === column}
                  onScore={(score) =>
                    change({
                      ...setScore(answer, completion.id, criterion.id, score),
                      cursor: { completion: row, criterion: column },
                    })
                  }
                />
              ))}
            </div>
          </article>
        ))}
      </div>
      <AnswerBar
        isDeaf={isDeaf}
        ready={rating !== null}
        hint={rating ? null : `${countScored(answer, grid)} of ${cells} scored`}
        onSubmit={submit}
      >
        <p className="text-muted text-xs max-sm:hidden">
          The keys 1–5 score the marked criterion and move on; the arrow keys move the mark.
        </p>
      </AnswerBar>
    </>
  );
}

function CriterionRow({
  criterion,
  score,
  active,
  onScore,
}: {
  criterion: Criterion;
  score: number | null;
  active: boolean;
  onScore(score: number): void;
}) {
  const element = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const meaning = criterion.steps.find((step) => step.value === score)?.description;
  return (
    <fieldset
      ref={element}
      aria-current={active || undefined}
      className={cx("scroll-my-16 rounded-md px-2 py-1.5", active && "bg-accent-soft ring-1 ring-accent")}
    >
      <legend className="sr-only">{criterion.name}</legend>
      <div className="flex items-center justify-between gap-3">
        <span className="font-medium" title={criterion.description} aria-hidden>
          {criterion.name}
        </span>
        <span className="flex gap-1">
          {SCORES.map((value) => (
            <button
              key={value}
              type="button"
              aria-pressed={score === value}
              aria-label={`${criterion.name}: ${value}`}
              title={criterion.steps.find((step) => step.value === value)?.description}
              className={cx(
                "size-7 rounded-md border text-sm tabular-nums",
                score === value
                  ? "border-accent bg-accent text-accent-ink"
                  : "border-line-strong bg-surface hover:bg-hover",
              )}
              onClick={() => onScore(value)}
            >
              {value}
            </button>
          ))}
        </span>
      </div>
      {(active || meaning) && <p className="mt-0.5 text-muted text-xs">{meaning ?? criterion.description}</p>}
    </fieldset>
  );
}

export const ratingPage = { Task: RatingTask, draftOf: draftOfRating } satisfies KindPage<"rating">;
