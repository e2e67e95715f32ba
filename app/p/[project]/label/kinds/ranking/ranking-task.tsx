"use client";

import { closestCenter, DndContext, PointerSensor, useSensor, useSensors } from "@dnd-kit/core";
import { SortableContext, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { GripVertical } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Badge } from "@/app/components/badge";
import { parseKept } from "@/app/components/browser-store";
import { Button } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { CompletionText } from "@/app/components/completion-text";
import { KeyHint } from "@/app/components/key-hint";
import { useShortcuts } from "@/app/components/shortcuts";
import { AnswerBar } from "@/app/p/[project]/label/answer-bar";
import { PromptPanel } from "@/app/p/[project]/label/prompt-panel";
import type { KindPage, TaskPageProps } from "../kind-page";
import {
  confirmOrder,
  draftOfRanking,
  move,
  orderOf,
  place,
  type RankingAnswer,
  rankingAnswerSchema,
  rankingOf,
  startRanking,
  toggleTie,
} from "./ranking-answer";

/** Up to eight completions from best to worst, by drag, by moving with keys, or both. Ties are allowed. */
function RankingTask({ task, draft, isDeaf, onDraft, onSubmit }: TaskPageProps) {
  const ids = task.completions.map(({ id }) => id);
  const [answer, setAnswer] = useState<RankingAnswer>(() => {
    const kept = parseKept(draft, rankingAnswerSchema);
    return kept && orderOf(kept).sort().join() === [...ids].sort().join() ? kept : startRanking(ids);
  });
  const [cursor, setCursor] = useState(ids[0] ?? "");
  const [held, setHeld] = useState(false);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 4 } }));
  const order = orderOf(answer);
  const nameOf = (id: string) => task.completions.find((completion) => completion.id === id)?.name ?? "";
  const ranking = rankingOf(answer);

  const change = (next: RankingAnswer) => {
    setAnswer(next);
    onDraft(JSON.stringify(next));
  };
  const step = (direction: -1 | 1) => {
    if (held) return change(move(answer, cursor, direction));
    setCursor(order[order.indexOf(cursor) + direction] ?? cursor);
  };
  const submit = () => ranking && onSubmit({ kind: "ranking", ranking });
  useShortcuts("Ranking", [
    { keys: "ArrowUp", label: "Up: select, or move what is picked up", run: () => step(-1) },
    { keys: "ArrowDown", label: "Down: select, or move what is picked up", run: () => step(1) },
    { keys: "Space", label: "Pick up, put down", run: () => setHeld((now) => !now) },
    { keys: "T", label: "Tie with the one above, or end the tie", run: () => change(toggleTie(answer, cursor)) },
    { keys: "O", label: "The order is right as it stands", run: () => change(confirmOrder(answer)) },
    ...task.completions.map(({ id, name }) => ({
      keys: name,
      label: `Select completion ${name}`,
      run: () => setCursor(id),
    })),
    { keys: "Ctrl+Enter", label: "Submit, even while typing", whileTyping: true, run: () => void submit() },
  ]);

  return (
    <>
      <PromptPanel messages={task.prompt.messages} />
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragStart={({ active }) => setCursor(String(active.id))}
        onDragEnd={({ active, over }) => over && change(place(answer, String(active.id), String(over.id)))}
      >
        <SortableContext items={order} strategy={verticalListSortingStrategy}>
          <ol className="grid gap-2" aria-label="Completions from best to worst">
            {answer.tiers.flatMap((tier, index) =>
              tier.map((id) => (
                <RankedCompletion
                  key={id}
                  id={id}
                  name={nameOf(id)}
                  rank={index + 1}
                  tied={tier.length > 1}
                  decided={answer.decided}
                  completion={task.completions.find((completion) => completion.id === id) ?? GONE}
                  selected={cursor === id}
                  held={held && cursor === id}
                  onSelect={() => setCursor(id)}
                />
              )),
            )}
          </ol>
        </SortableContext>
      </DndContext>
      <p aria-live="polite" className="sr-only">
        {held ? `Completion ${nameOf(cursor)} picked up, place ${order.indexOf(cursor) + 1} of ${order.length}` : ""}
      </p>
      <AnswerBar
        isDeaf={isDeaf}
        ready={ranking !== null}
        hint={ranking ? null : "Put the best one first"}
        onSubmit={submit}
      >
        <Button
          keys="Space"
          aria-pressed={held}
          className={cx(held && "border-accent! bg-accent-soft! text-accent!")}
          onClick={() => setHeld((now) => !now)}
        >
          {held ? "Put down" : "Pick up"}
        </Button>
        <Button keys="T" onClick={() => change(toggleTie(answer, cursor))}>
          Tie with above
        </Button>
        <Button keys="O" disabled={answer.decided} onClick={() => change(confirmOrder(answer))}>
          Order is right
        </Button>
      </AnswerBar>
    </>
  );
}

/** A draft names only completions of its task, so this is never shown. */
const GONE = { content: "", finished: true };

function RankedCompletion({
  id,
  name,
  rank,
  tied,
  decided,
  completion,
  selected,
  held,
  onSelect,
}: {
  id: string;
  name: string;
  rank: number;
  tied: boolean;
  decided: boolean;
  completion: { content: string; finished: boolean };
  selected: boolean;
  held: boolean;
  onSelect(): void;
}) {
  const { setNodeRef, listeners, transform, transition, isDragging } = useSortable({ id });
  const element = useRef<HTMLLIElement | null>(null);
  useEffect(() => {
    if (selected) element.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <li
      ref={(node) => {
        element.current = node;
        setNodeRef(node);
      }}
      aria-label={`Completion ${name}`}
      aria-current={selected || undefined}
      style={{ transform: transform ? `translate(0, ${transform.y}px)` : undefined, transition }}
      className={cx(
        "flex scroll-my-16 rounded-lg border bg-surface",
        selected ? "border-accent ring-1 ring-accent" : "border-line",
        (held || isDragging) && "relative z-10 shadow-floating",
      )}
    >
      <div className="flex w-16 shrink-0 flex-col items-center gap-1 border-line border-r py-3">
        <span className={cx("font-semibold text-lg tabular-nums", !decided && "text-faint")}>{rank}</span>
        {tied && <Badge>tied</Badge>}
        <button
          type="button"
          aria-label={`Drag completion ${name}`}
          className="touch-none rounded p-1 text-faint hover:text-ink"
          {...listeners}
          onClick={onSelect}
        >
          <GripVertical className="size-4" />
        </button>
        <KeyHint keys={name} />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a shortcut of the pointer; the keys select too */}
      <div className="min-w-0 flex-1 px-4 py-3" onClick={onSelect}>
        <CompletionText completion={completion} size="judged" />
      </div>
    </li>
  );
}

export const rankingPage = { Task: RankingTask, draftOf: draftOfRanking } satisfies KindPage<"ranking">;
