import { redirect } from "next/navigation";
import { requireMe } from "@/app/server-caller";
import { pathsOf } from "@/domain/paths";
import { loadProject } from "./load-project";
import { Overview } from "./overview/overview";

/** The loop for admins; annotators land where the work is. */
export default async function ProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params;
  await requireMe();
  const { role } = await loadProject(slug);
  if (role !== "admin") redirect(pathsOf(slug).label);
  return <Overview />;
}
