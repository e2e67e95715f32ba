"use client";

import { Button } from "./components/button";
import { EmptyState } from "./components/empty-state";

/** What no page foresaw. The digest is the line to look for in the server's log. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <EmptyState title="This page failed" action={<Button onClick={reset}>Try again</Button>}>
        {error.digest ? `The server's log has the cause under ${error.digest}.` : error.message}
      </EmptyState>
    </main>
  );
}
