import type { Metadata } from "next";
import { z } from "zod";
import { CompareView } from "./compare-view";

export const metadata: Metadata = { title: "Compare runs" };

export default async function ComparePage({ searchParams }: { searchParams: Promise<{ runs?: string | string[] }> }) {
  const { runs = "" } = await searchParams;
  const ids = [runs]
    .flat()
    .join(",")
    .split(",")
    .filter((id) => z.uuid().safeParse(id).success);
  return <CompareView runIds={[...new Set(ids)]} />;
}
