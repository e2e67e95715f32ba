import { Button } from "@/app/components/button";
import { excerpt } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { ScrollBox } from "@/app/components/scroll-box";
import { toast, undoToast } from "@/app/components/toast";
import type { OutboxEntry } from "./outbox";
import type { OutboxState } from "./use-outbox";

/** The answers that the server has refused or failed on, each to be read, copied, sent again or thrown away. */
export function UnsentAnswers({ outbox }: { outbox: OutboxState }) {
  const stuck = outbox.entries.filter(({ refusal, aside }) => refusal !== null || aside !== null);
  return (
    <>
      {outbox.isKeptInMemory && (
        <div className="mb-3">
          <Notice tone="warn" title="This browser keeps nothing now">
            Its storage is full or forbidden. Answers are sent as always; leave this page only when all of them are
            saved.
          </Notice>
        </div>
      )}
      {stuck.map((entry) => (
        <UnsentAnswer key={entry.submission.idempotencyKey} entry={entry} outbox={outbox} />
      ))}
    </>
  );
}

function UnsentAnswer({ entry, outbox }: { entry: OutboxEntry; outbox: OutboxState }) {
  const { submission, about, refusal, aside } = entry;
  const key = submission.idempotencyKey;
  const text = about?.answer ?? JSON.stringify(submission, null, 2);

  async function copy(): Promise<boolean> {
    // There is no clipboard where the site is reached by plain http from another machine.
    const isCopied = await (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
      () => true,
      () => false,
    );
    toast(
      isCopied
        ? { tone: "good", title: "Answer copied" }
        : { title: "The browser does not allow copying", detail: "Open the answer and select its text." },
    );
    return isCopied;
  }

  return (
    <div className="mb-3">
      <Notice
        tone="bad"
        title={refusal === null ? "One of your answers could not be saved yet" : "One of your answers was not accepted"}
        action={
          <span className="flex flex-wrap gap-1.5">
            <Button size="sm" onClick={() => outbox.tryAgain(key)}>
              Try again
            </Button>
            <Button size="sm" onClick={() => void copy()}>
              Copy
            </Button>
            <Button
              size="sm"
              onClick={() =>
                void copy().then((isCopied) => {
                  outbox.discard(key);
                  undoToast(isCopied ? "Answer copied and discarded" : "Answer discarded without a copy", () =>
                    outbox.submit(submission, about),
                  );
                })
              }
            >
              Copy and discard
            </Button>
          </span>
        }
      >
        <p>{refusal ?? `${aside} It is tried again every half minute; your other answers go on.`}</p>
        <details>
          <summary className="cursor-pointer">
            {about ? `Your answer to “${excerpt(about.prompt, 120)}”` : "Your answer"}
          </summary>
          <ScrollBox label="Your answer" className="mt-1 max-h-80 rounded-md bg-surface p-2 text-ink">
            <p className="whitespace-pre-wrap">{text}</p>
          </ScrollBox>
        </details>
      </Notice>
    </div>
  );
}
