import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { labelKindSchema } from "@/domain/labels/kinds";
import { paths, pathsOf } from "@/domain/paths";
import { currentUser } from "@/server/access/current-user";
import { LabelDesk } from "./label-desk";

export const metadata: Metadata = { title: "Label" };

export default async function LabelPage({
  params,
  searchParams,
}: {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ kind?: string }>;
}) {
  const user = await currentUser();
  const { project } = await params;
  if (!user) redirect(paths.login({ next: pathsOf(project).label }));
  const kind = labelKindSchema.safeParse((await searchParams).kind);
  return <LabelDesk key={user.id} userId={user.id} kind={kind.success ? kind.data : undefined} />;
}
