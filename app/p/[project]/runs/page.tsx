import type { Metadata } from "next";
import { RunList } from "./run-list";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ params }: { params: Promise<{ project: string }> }) {
  return <RunList project={(await params).project} />;
}
