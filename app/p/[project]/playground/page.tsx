import type { Metadata } from "next";
import { z } from "zod";
import { Playground } from "./playground";

export const metadata: Metadata = { title: "Playground" };

export default async function PlaygroundPage({
  searchParams,
}: {
  searchParams: Promise<{ left?: string; right?: string; reward?: string }>;
}) {
  const { left, right, reward } = await searchParams;
  const idOf = (text: string | undefined) => (z.uuid().safeParse(text).success ? text : undefined);
  return <Playground left={idOf(left)} right={idOf(right)} reward={idOf(reward)} />;
}
