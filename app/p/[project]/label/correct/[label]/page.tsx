import type { Metadata } from "next";
import { CorrectLabel } from "../correct-label";

export const metadata: Metadata = { title: "Correct a label" };

export default async function CorrectLabelPage({ params }: { params: Promise<{ project: string; label: string }> }) {
  const { project, label } = await params;
  return <CorrectLabel project={project} labelId={label} />;
}
