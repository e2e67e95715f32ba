import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { PromptView } from "./prompt-view";

export const metadata: Metadata = { title: "Prompt" };

export default async function PromptPage({ params }: { params: Promise<{ prompt: string }> }) {
  const id = z.uuid().safeParse((await params).prompt);
  if (!id.success) notFound();
  return <PromptView promptId={id.data} />;
}
