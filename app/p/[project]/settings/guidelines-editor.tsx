"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Textarea } from "@/app/components/form-fields";
import { Markdown } from "@/app/components/markdown";
import { Panel } from "@/app/components/panel";
import { useShortcuts } from "@/app/components/shortcuts";
import { toast } from "@/app/components/toast";
import { useKept } from "@/app/components/use-kept";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

/** Writes the guidelines as markdown beside what annotators will see. Each save is a version; labels keep theirs. */
export function GuidelinesEditor() {
  const trpc = useTRPC();
  const router = useRouter();
  const { slug, guidelines } = useProject();
  const saved = guidelines?.markdown ?? "";
  const {
    value: text,
    change: setText,
    isChanged: changed,
    forget,
    notice,
  } = useKept(`${slug}:guidelines`, { value: saved, version: guidelines?.version ?? 0 }, (kept) =>
    typeof kept === "string" ? kept : null,
  );
  const save = useMutation(
    trpc.projects.updateGuidelines.mutationOptions({
      onSuccess: ({ version }) => {
        forget();
        toast({ tone: "good", title: `Guidelines saved as version ${version}` });
        router.refresh();
      },
      onError: (error) => void toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  const submit = () => save.mutate({ project: slug, markdown: text });
  useShortcuts("Guidelines", [
    { keys: "Ctrl+Enter", label: "Save", whileTyping: true, disabled: !changed || save.isPending, run: submit },
  ]);

  useEffect(() => {
    if (!changed) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [changed]);

  return (
    <Panel
      flush
      title={
        <>
          Guidelines
          {guidelines && <span className="ml-2 font-normal text-faint text-xs">version {guidelines.version}</span>}
        </>
      }
      actions={
        <Button
          size="sm"
          variant="primary"
          keys="Ctrl+Enter"
          disabled={!changed}
          busy={save.isPending}
          onClick={submit}
        >
          Save
        </Button>
      }
    >
      {notice && <div className="border-line border-b p-2">{notice}</div>}
      <div className="grid lg:grid-cols-2">
        <Textarea
          aria-label="Guidelines in markdown"
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={100_000}
          rows={24}
          placeholder={
            "# What makes a completion better\n\nTell annotators what to look at, what to weigh more, and what to do when unsure."
          }
          className="resize-y rounded-none border-0 font-mono text-xs shadow-none focus-visible:outline-offset-[-2px]"
        />
        <section
          aria-label="Preview"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
          tabIndex={0}
          className="max-h-160 overflow-y-auto border-line p-4 max-lg:border-t lg:border-l"
        >
          {text.trim() ? <Markdown>{text}</Markdown> : <p className="text-faint">The preview appears here.</p>}
        </section>
      </div>
    </Panel>
  );
}
