import { findControlTokens } from "@/domain/control-tokens";
import { Notice } from "./notice";

/** Names under a text that people judge the control tokens in it, in one line. */
export function ControlTokenMark({ text }: { text: string }) {
  const tokens = findControlTokens(text);
  if (tokens.length === 0) return null;
  return (
    <p
      className="mt-1.5 text-warn text-xs"
      title="A model whose vocabulary has these tokens reads them as the end of a turn or the beginning of another."
    >
      holds control tokens of a chat template: <code className="font-mono">{tokens.join(" ")}</code>
    </p>
  );
}

/** Beside a text that somebody writes: what in it a model takes for the end or the beginning of a turn. */
export function ControlTokenNotice({ text }: { text: string }) {
  const tokens = findControlTokens(text);
  if (tokens.length === 0) return null;
  return (
    <Notice tone="warn">
      This text contains control tokens of a chat template: <code className="font-mono">{tokens.join(" ")}</code>. A
      model whose vocabulary has them reads them as the end of a turn or the beginning of another, not as text.
    </Notice>
  );
}
