"use client";

import { useEffect, useState } from "react";
import { z } from "zod";
import { browserStore, parseKept } from "./browser-store";
import { Button } from "./button";
import { Notice } from "./notice";
import { RelativeTime } from "./relative-time";
import { sessionEnd } from "./session-end";

const keptSchema = z.object({ value: z.unknown(), version: z.number(), at: z.number() });

/**
 * What somebody writes in a form and has not saved: it is kept in the browser, for the same person alone, and is there again
 * when the form is.
 * @param saved the value and the version that the server has
 * @param read makes a value of what was kept; null where it is none
 */
export function useKept<Value>(
  place: string,
  saved: { value: Value; version: number },
  read: (kept: unknown) => Value | null,
) {
  const key = `tuneloop:form:${sessionEnd.person ?? ""}:${place}`;
  const [value, setValue] = useState(saved.value);
  const [restored, setRestored] = useState<{ at: number; version: number } | null>(null);
  const isSame = (one: Value) => JSON.stringify(one) === JSON.stringify(saved.value);

  // The server draws the page first and knows nothing of the browser's store.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was kept is looked for once
  useEffect(() => {
    const kept = parseKept(browserStore.read(key), keptSchema);
    const back = kept ? read(kept.value) : null;
    if (!kept || back === null) return;
    if (isSame(back)) browserStore.remove(key);
    else {
      setValue(back);
      setRestored({ at: kept.at, version: kept.version });
    }
  }, []);

  const change = (next: Value) => {
    setValue(next);
    if (isSame(next)) browserStore.remove(key);
    else
      browserStore.write(
        key,
        JSON.stringify({ value: next, version: restored?.version ?? saved.version, at: Date.now() }),
      );
  };
  const forget = () => {
    browserStore.remove(key);
    setRestored(null);
  };
  const discard = () => {
    forget();
    setValue(saved.value);
  };
  const notice = restored && (
    <Notice
      tone={restored.version === saved.version ? "info" : "warn"}
      title={
        <>
          What you wrote and did not save is here again (<RelativeTime date={new Date(restored.at)} />)
        </>
      }
      action={
        <Button size="sm" onClick={discard}>
          Discard it
        </Button>
      }
    >
      {restored.version !== saved.version &&
        `Somebody has saved version ${saved.version} since you began: compare before you save.`}
    </Notice>
  );
  return { value, change, isChanged: !isSame(value), forget, notice };
}
