import type { Metadata } from "next";
import { CorrectLabel } from "../correct-label";

export const metadata: Metadata = { title: "Correct a label" };

export default async function CorrectLabelPage({ params }: { params: Promise<{ label: string }> }) {
  return <CorrectLabel labelId={(await params).label} />;
}
