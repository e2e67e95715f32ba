import { renderToStaticMarkup } from "react-dom/server";
import { CompletionText } from "../components/completion-text";
import { ControlTokenNotice } from "../components/control-token-notice";
import { MessagesView } from "../components/messages-view";
import { PlainText } from "../components/plain-text";
import { HOSTILE_TEXTS } from "./text-corpus";

/**
 * Draws every text of the corpus by every component that draws texts, and prints what failed. It is a program of its own,
 * so that its test can end it where a text takes for ever.
 */
const DRAWN: Record<string, (text: string) => React.ReactNode> = {
  CompletionText: (text) => <CompletionText completion={{ content: text, finished: false }} size="judged" />,
  PlainText: (text) => <PlainText text={text} reason="is hostile" />,
  ControlTokenNotice: (text) => <ControlTokenNotice text={text} />,
};
/** Messages are drawn as completions are, so a part of the corpus says enough of them. */
const turnsOf = (text: string) => (
  <MessagesView messages={(["system", "user"] as const).map((role) => ({ role, content: text }))} />
);

const failed: string[] = [];
let plain = 0;
for (const [index, { name, text }] of HOSTILE_TEXTS.entries())
  for (const [component, draw] of Object.entries({ ...DRAWN, ...(index % 10 === 0 && { MessagesView: turnsOf }) })) {
    try {
      const html = renderToStaticMarkup(draw(text));
      if (component === "CompletionText" && html.includes("data-plain-text")) plain++;
      if (
        /<(script|img|iframe|svg|style|base|meta|form)[\s>]|href="(javascript|data|vbscript|file):/i.test(
          html.replace(/<svg[^>]*lucide[\s\S]*?<\/svg>/g, ""),
        )
      )
        failed.push(`${component} lets code through: ${name}`);
    } catch (error) {
      failed.push(`${component}: ${name}: ${String(error)}`);
    }
  }
process.stdout.write(JSON.stringify({ texts: HOSTILE_TEXTS.length, plain, failed }));
