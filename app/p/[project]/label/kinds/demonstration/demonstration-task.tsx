"use client";

import { useState } from "react";
import { parseKept } from "@/app/components/browser-store";
import { Button } from "@/app/components/button";
import { CompletionText } from "@/app/components/completion-text";
import { ControlTokenNotice } from "@/app/components/control-token-notice";
import { Checkbox, Textarea } from "@/app/components/form-fields";
import { Markdown } from "@/app/components/markdown";
import { Panel } from "@/app/components/panel";
import { useShortcuts } from "@/app/components/shortcuts";
import { AnswerBar } from "@/app/p/[project]/label/answer-bar";
import { PromptPanel } from "@/app/p/[project]/label/prompt-panel";
import type { KindPage, TaskPageProps } from "../kind-page";
import {
  addTurn,
  type DemonstrationAnswer,
  demonstrationAnswerSchema,
  demonstrationOf,
  draftOfDemonstration,
  EMPTY_DEMONSTRATION,
  editTurn,
  removeTurn,
} from "./demonstration-answer";

/** Write the answer that the model should have given; a conversation where one turn is not enough. */
function DemonstrationTask({ task, draft, isDeaf, onDraft, onSubmit }: TaskPageProps) {
  const [answer, setAnswer] = useState<DemonstrationAnswer>(
    () => parseKept(draft, demonstrationAnswerSchema) ?? EMPTY_DEMONSTRATION,
  );
  const [preview, setPreview] = useState(false);
  const result = demonstrationOf(
    answer,
    task.completions.map(({ id }) => id),
  );
  const complete = "demonstration" in result;
  const change = (next: DemonstrationAnswer) => {
    setAnswer(next);
    onDraft(JSON.stringify(next));
  };
  const submit = () => complete && onSubmit({ kind: "demonstration", demonstration: result.demonstration });
  useShortcuts("Demonstration", [
    { keys: "Ctrl+Enter", label: "Submit, even while typing", whileTyping: true, run: () => void submit() },
    { keys: "Alt+P", label: "Preview the answer", whileTyping: true, run: () => setPreview((now) => !now) },
    {
      keys: "Alt+T",
      label: "Add a turn",
      whileTyping: true,
      disabled: answer.content.trim() === "",
      run: () => change(addTurn(answer)),
    },
  ]);

  return (
    <>
      <PromptPanel messages={task.prompt.messages} />
      {task.completions.length > 0 && answer.turns.length === 0 && (
        <div className="mb-3 grid gap-3 md:grid-cols-2">
          {task.completions.map((completion) => (
            <Panel
              key={completion.id}
              title={`Completion ${completion.name}`}
              actions={
                <Button
                  size="sm"
                  onClick={() =>
                    change({ ...answer, content: completion.content, rewriteOfCompletionId: completion.id })
                  }
                >
                  Rewrite this one
                </Button>
              }
            >
              <CompletionText completion={completion} size="judged" />
            </Panel>
          ))}
        </div>
      )}
      {answer.turns.map((turn, index) => (
        <div key={`${turn.role}-${String(index)}`} className="mb-3">
          <Textarea
            aria-label={`Turn ${index + 1}: ${turn.role}`}
            placeholder={turn.role === "user" ? "What the user says next" : undefined}
            rows={3}
            value={turn.content}
            onChange={(event) => change(editTurn(answer, index, event.target.value))}
          />
        </div>
      ))}
      {preview ? (
        <Panel title="Preview">
          <Markdown size="judged">{answer.content}</Markdown>
        </Panel>
      ) : (
        <Textarea
          autoFocus
          aria-label="Answer"
          placeholder="Write the answer. Markdown is rendered."
          className="text-[1.0625rem]! leading-7!"
          rows={12}
          maxLength={100_000}
          value={answer.content}
          onChange={(event) => change({ ...answer, content: event.target.value })}
        />
      )}
      <ControlTokenNotice text={[...answer.turns, answer].map(({ content }) => content).join("\n")} />
      <AnswerBar isDeaf={isDeaf} ready={complete} hint={complete ? null : result.missing} onSubmit={submit}>
        <Button keys="Alt+P" aria-pressed={preview} onClick={() => setPreview((now) => !now)}>
          Preview
        </Button>
        <Button keys="Alt+T" disabled={answer.content.trim() === ""} onClick={() => change(addTurn(answer))}>
          Add a turn
        </Button>
        {answer.turns.length > 0 && (
          <>
            <Button onClick={() => change(removeTurn(answer))}>Remove the last turn</Button>
            <Checkbox
              label="Train on every assistant turn"
              checked={answer.trainOnAllTurns}
              onChange={(event) => change({ ...answer, trainOnAllTurns: event.target.checked })}
            />
          </>
        )}
        {answer.rewriteOfCompletionId && (
          <span className="text-muted text-xs">A rewrite also counts as preferred to the original.</span>
        )}
      </AnswerBar>
    </>
  );
}

export const demonstrationPage = {
  Task: DemonstrationTask,
  draftOf: draftOfDemonstration,
} satisfies KindPage<"demonstration">;
