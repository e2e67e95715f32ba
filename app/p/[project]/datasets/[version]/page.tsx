import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { DatasetVersionView } from "./dataset-version-view";

export const metadata: Metadata = { title: "Dataset version" };

export default async function DatasetVersionPage({ params }: { params: Promise<{ version: string }> }) {
  const id = z.uuid().safeParse((await params).version);
  if (!id.success) notFound();
  return <DatasetVersionView datasetVersionId={id.data} />;
}
