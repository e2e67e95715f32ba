"use client";

import { useState } from "react";
import { Button } from "./button";
import { formatCount } from "./format";
import { SHOWN_CHARACTERS } from "./text-limits";
import { toast } from "./toast";

/** A text as it is, character by character, with the reason. A long one is shown a part at a time. */
export function PlainText({ text, reason }: { text: string; reason: string }) {
  const [asked, setAsked] = useState(SHOWN_CHARACTERS);
  const end = endOfPart(text, asked);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ title: "The whole text is copied" });
    } catch {
      toast({ title: "The browser did not allow copying", tone: "bad" });
    }
  };
  return (
    <>
      <p className="mb-1.5 text-warn text-xs">This text {reason}, so it is shown as it was written.</p>
      <div className="whitespace-pre-wrap [overflow-wrap:anywhere]" data-plain-text>
        {text.slice(0, end)}
      </div>
      {text.length > SHOWN_CHARACTERS && (
        <p className="mt-1.5 flex flex-wrap items-center gap-2 text-muted text-xs" dir="ltr">
          {end < text.length
            ? `${formatCount(end)} of ${formatCount(text.length)} characters are shown.`
            : `All ${formatCount(text.length)} characters are shown.`}
          {end < text.length && (
            <Button size="sm" onClick={() => setAsked(asked + SHOWN_CHARACTERS)}>
              Show more
            </Button>
          )}
          <Button size="sm" onClick={() => void copy()}>
            Copy the whole text
          </Button>
        </p>
      )}
    </>
  );
}

/** A part ends between two characters, not inside a surrogate pair. */
function endOfPart(text: string, asked: number): number {
  if (asked >= text.length) return text.length;
  const last = text.charCodeAt(asked - 1);
  return last >= 0xd800 && last < 0xdc00 ? asked + 1 : asked;
}
