import type { Metadata } from "next";
import { PromptView } from "./prompt-view";

export const metadata: Metadata = { title: "Prompt" };

export default async function PromptPage({ params }: { params: Promise<{ prompt: string }> }) {
  return <PromptView promptId={(await params).prompt} />;
}
