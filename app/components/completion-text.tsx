import { Scissors } from "lucide-react";
import { ControlTokenMark } from "./control-token-notice";
import { Markdown } from "./markdown";

/** A completion as people judge it. Where the token limit cut it a mark stands at its end: what follows was never written. */
export function CompletionText({
  completion: { content, finished },
  size = "normal",
  empty = "This completion is empty.",
}: {
  completion: { content: string; finished: boolean };
  size?: "normal" | "judged";
  /** What stands in the place of a completion without text. */
  empty?: string;
}) {
  return (
    <>
      {content.trim() ? <Markdown size={size}>{content}</Markdown> : <p className="text-faint italic">{empty}</p>}
      {!finished && <CutMark />}
      <ControlTokenMark text={content} />
    </>
  );
}

/** Says that a completion was cut at the token limit. */
function CutMark() {
  return (
    <p className="mt-1.5 flex items-center gap-1 text-warn text-xs" title="The model had not ended its answer.">
      <Scissors aria-hidden className="size-3" />
      cut at the token limit
    </p>
  );
}
