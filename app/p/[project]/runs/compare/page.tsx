import type { Metadata } from "next";
import { z } from "zod";
import { CompareView } from "./compare-view";

export const metadata: Metadata = { title: "Compare runs" };

export default async function ComparePage({
  params,
  searchParams,
}: {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ runs?: string | string[] }>;
}) {
  const { runs = "" } = await searchParams;
  const ids = [runs]
    .flat()
    .join(",")
    .split(",")
    .filter((id) => z.uuid().safeParse(id).success);
  return <CompareView project={(await params).project} runIds={[...new Set(ids)]} />;
}
