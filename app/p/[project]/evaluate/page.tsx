import type { Metadata } from "next";
import { EvaluationList } from "./evaluation-list";

export const metadata: Metadata = { title: "Evaluate" };

export default async function EvaluatePage({ params }: { params: Promise<{ project: string }> }) {
  return <EvaluationList project={(await params).project} />;
}
