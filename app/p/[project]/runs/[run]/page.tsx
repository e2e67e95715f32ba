import type { Metadata } from "next";
import { RunView } from "./run-view";

export const metadata: Metadata = { title: "Run" };

export default async function RunPage({ params }: { params: Promise<{ project: string; run: string }> }) {
  const { run } = await params;
  return <RunView runId={run} />;
}
