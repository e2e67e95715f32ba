import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { ReportView } from "./report-view";

export const metadata: Metadata = { title: "Reward report" };

export default async function ReportPage({ params }: { params: Promise<{ project: string; run: string }> }) {
  const { run } = await params;
  if (!z.uuid().safeParse(run).success) notFound();
  return <ReportView runId={run} />;
}
