"use client";

import { useEffect, useRef, useState } from "react";
import { ControlTokenMark } from "@/app/components/control-token-notice";
import { excerpt } from "@/app/components/format";
import { MessagesView } from "@/app/components/messages-view";
import type { Message } from "@/domain/messages";

/** What was asked, above what is to be judged. Its first lines stay in view while the answers below are read. */
export function PromptPanel({ messages }: { messages: Message[] }) {
  const panel = useRef<HTMLElement>(null);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    if (!panel.current) return;
    const observer = new IntersectionObserver(([entry]) =>
      setAway(entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top < 0),
    );
    observer.observe(panel.current);
    return () => observer.disconnect();
  }, []);
  return (
    <>
      <div className="sticky top-0 z-10 h-0 max-md:top-11">
        {isAway && (
          <button
            type="button"
            title="Up to the prompt"
            onClick={() => panel.current?.scrollIntoView({ block: "center" })}
            className="w-full border-line border-b bg-canvas/95 py-1.5 text-left backdrop-blur"
          >
            <span className="line-clamp-2 text-muted text-xs">{excerpt(messages.at(-1)?.content ?? "", 400)}</span>
          </button>
        )}
      </div>
      <section ref={panel} aria-label="Prompt" className="mb-3 rounded-lg border border-line bg-sunken px-4 py-3">
        <MessagesView messages={messages} size="judged" />
        <ControlTokenMark text={messages.map(({ content }) => content).join("\n")} />
      </section>
    </>
  );
}
