import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverCaller } from "@/app/server-caller";
import { paths } from "@/domain/paths";
import { SetupForm } from "./setup-form";

export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { needsFirstAdmin } = await (await serverCaller()).access.setupState();
  if (!needsFirstAdmin) redirect(paths.login());
  return <SetupForm token={(await searchParams).token ?? ""} />;
}
