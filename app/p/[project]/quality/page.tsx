import type { Metadata } from "next";
import { QualityView } from "./quality-view";

export const metadata: Metadata = { title: "Quality" };

export default async function QualityPage({ params }: { params: Promise<{ project: string }> }) {
  return <QualityView project={(await params).project} />;
}
