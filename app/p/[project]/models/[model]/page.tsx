import type { Metadata } from "next";
import { ModelView } from "../model-view";

export const metadata: Metadata = { title: "Model" };

export default async function ModelPage({ params }: { params: Promise<{ project: string; model: string }> }) {
  const { model } = await params;
  return <ModelView modelVersionId={model} />;
}
