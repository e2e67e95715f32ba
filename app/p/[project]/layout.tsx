import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { requireMe, serverCaller } from "../../server-caller";
import { ProjectProvider } from "./project-context";
import { Shell } from "./shell";

type Props = { params: Promise<{ project: string }> };

async function loadProject(slug: string) {
  try {
    return await (await serverCaller()).projects.get({ project: slug });
  } catch (error) {
    if (error instanceof TRPCError && (error.code === "NOT_FOUND" || error.code === "BAD_REQUEST")) notFound();
    throw error;
  }
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { project: slug } = await params;
  await requireMe(`/p/${slug}`);
  const { name } = await loadProject(slug);
  return { title: { default: name, template: `%s · ${name}` } };
}

export default async function ProjectLayout({ params, children }: Props & { children: ReactNode }) {
  const { project: slug } = await params;
  const me = await requireMe(`/p/${slug}`);
  const project = await loadProject(slug);
  return (
    <ProjectProvider project={project}>
      <Shell me={me}>{children}</Shell>
    </ProjectProvider>
  );
}
