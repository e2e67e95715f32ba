import { ControlTokenMark } from "@/app/components/control-token-notice";
import { MessagesView } from "@/app/components/messages-view";
import type { Message } from "@/domain/messages";

/** What was asked, above what is to be judged. */
export function PromptPanel({ messages }: { messages: Message[] }) {
  return (
    <section aria-label="Prompt" className="mb-3 rounded-lg border border-line bg-sunken px-4 py-3">
      <MessagesView messages={messages} size="judged" />
      <ControlTokenMark text={messages.map(({ content }) => content).join("\n")} />
    </section>
  );
}
