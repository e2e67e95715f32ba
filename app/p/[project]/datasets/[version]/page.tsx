import type { Metadata } from "next";
import { DatasetVersionView } from "./dataset-version-view";

export const metadata: Metadata = { title: "Dataset version" };

export default async function DatasetVersionPage({ params }: { params: Promise<{ version: string }> }) {
  return <DatasetVersionView datasetVersionId={(await params).version} />;
}
