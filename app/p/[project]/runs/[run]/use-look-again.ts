"use client";

import { useEffect, useState } from "react";

/** How long a page still looks after a run has ended before its eyes, and how often. */
const SETTLES_MILLISECONDS = 8_000;
const SOON_MILLISECONDS = 1_000;

/**
 * How often to ask again about a run, in milliseconds; false where nothing changes any more. The end of a run is not the
 * last that it does: figures are written and checkpoints removed around it, and a question that was on its way already
 * has the answer from before. So one look at the end would not do.
 */
export function useLookAgain(over: boolean, everyMilliseconds: number): number | false {
  const [settled, setSettled] = useState(over);
  useEffect(() => {
    if (!over) return setSettled(false);
    const timer = setTimeout(() => setSettled(true), SETTLES_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [over]);
  if (!over) return everyMilliseconds;
  return settled ? false : SOON_MILLISECONDS;
}
