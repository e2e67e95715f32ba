import type { Metadata } from "next";
import { ModelList } from "./model-list";

export const metadata: Metadata = { title: "Models" };

export default async function ModelsPage({ params }: { params: Promise<{ project: string }> }) {
  return <ModelList project={(await params).project} />;
}
