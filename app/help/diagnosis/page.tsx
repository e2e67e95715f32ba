import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Metadata } from "next";
import { ButtonLink } from "@/app/components/button";
import { Markdown } from "@/app/components/markdown";
import { PageHeader } from "@/app/components/page-header";
import { requireMe } from "@/app/server-caller";

export const metadata: Metadata = { title: "Reading a run’s diagnosis" };

/** The page of the documentation that a verdict and a paused run lead to: it is read from docs/, so there is one text. */
export default async function DiagnosisHelpPage() {
  await requireMe();
  const text = await readFile(path.join(process.cwd(), "docs", "diagnosis.md"), "utf8");
  const [, title = "", body = text] = /^# ([^\n]+)\n(.*)$/s.exec(text) ?? [];
  return (
    <main className="mx-auto max-w-3xl px-4 py-6">
      <PageHeader title={title} actions={<ButtonLink href="/">Back to the projects</ButtonLink>} />
      <Markdown>{body}</Markdown>
    </main>
  );
}
