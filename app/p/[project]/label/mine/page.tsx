import type { Metadata } from "next";
import { MyLabels } from "./my-labels";

export const metadata: Metadata = { title: "My labels" };

export default async function MyLabelsPage({ params }: { params: Promise<{ project: string }> }) {
  return <MyLabels project={(await params).project} />;
}
