import type { Metadata } from "next";
import type { ReactNode } from "react";
import { requireMe } from "@/app/server-caller";
import { loadProject } from "./load-project";
import { ProjectProvider } from "./project-context";
import { Shell } from "./shell";

type Props = { params: Promise<{ project: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { project: slug } = await params;
  await requireMe();
  const { name } = await loadProject(slug);
  return { title: { default: name, template: `%s · ${name}` } };
}

export default async function ProjectLayout({ params, children }: Props & { children: ReactNode }) {
  const { project: slug } = await params;
  const me = await requireMe();
  const project = await loadProject(slug);
  return (
    <ProjectProvider project={project}>
      <Shell me={me}>{children}</Shell>
    </ProjectProvider>
  );
}
