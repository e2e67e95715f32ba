import type { Message } from "@/domain/messages";
import { cx } from "./class-names";
import { Markdown } from "./markdown";

const ROLE_NAMES: Record<Message["role"], string> = { system: "System", user: "User", assistant: "Assistant" };

/** The turns of a prompt. A single user turn needs no heading. */
export function MessagesView({ messages, size = "normal" }: { messages: Message[]; size?: "normal" | "judged" }) {
  if (messages.length === 1 && messages[0]?.role === "user")
    return <Markdown size={size}>{messages[0].content}</Markdown>;
  return (
    <ol className="grid gap-3">
      {messages.map((message, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the turns of a prompt never move
          key={index}
          className={cx("border-l-2 pl-3", message.role === "user" ? "border-accent" : "border-line-strong")}
        >
          <p className="mb-0.5 font-medium text-faint text-xs">{ROLE_NAMES[message.role]}</p>
          <Markdown size={size}>{message.content}</Markdown>
        </li>
      ))}
    </ol>
  );
}
