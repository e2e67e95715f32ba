import { Badge } from "@/app/components/badge";
import { Sheet } from "@/app/components/dialog";
import type { CapabilityResult } from "@/domain/evaluation/capability-suite";
import { type SuiteName, suiteOf } from "@/domain/evaluation/suites";

export type ShownAnswers = {
  model: string;
  suite: SuiteName;
  result: CapabilityResult;
  before: CapabilityResult | undefined;
};

/** Every question with what the model chose; what changed since its parent comes first. */
export function AnswersSheet({ shown, onClose }: { shown: ShownAnswers | null; onClose: () => void }) {
  if (!shown) return null;
  const { model, suite, result, before } = shown;
  const was = new Map(before?.answers.map(({ question, isRight }) => [question, isRight]));
  const changed = ({ question, isRight }: CapabilityResult["answers"][number]) =>
    was.has(question) && was.get(question) !== isRight;
  const answers = [...result.answers].sort((a, b) => Number(changed(b)) - Number(changed(a)));
  return (
    <Sheet
      open
      onOpenChange={onClose}
      width="lg"
      title={`${suiteOf(suite).title}: ${model}`}
      description={`${result.accuracy.count} of ${result.accuracy.of} right. The model's answer to a question is the option that it finds most likely.`}
    >
      <ol className="divide-y divide-line">
        {answers.map((answer) => (
          <li key={answer.question} className="grid gap-1 py-2.5 first:pt-0">
            <p className="[overflow-wrap:anywhere]">{answer.question}</p>
            <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
              <Badge tone={answer.isRight ? "good" : "bad"}>{answer.isRight ? "right" : "wrong"}</Badge>
              <span>{answer.chosen}</span>
              {!answer.isRight && <span className="text-muted">instead of {answer.right}</span>}
              {changed(answer) && <Badge>{answer.isRight ? "wrong before" : "right before"}</Badge>}
            </p>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}
