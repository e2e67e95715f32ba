import { redirect } from "next/navigation";
import { serverCaller } from "../../server-caller";
import { Overview } from "./overview/overview";

/** The loop for admins; annotators land where the work is. */
export default async function ProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params;
  const { role } = await (await serverCaller()).projects.get({ project: slug });
  if (role !== "admin") redirect(`/p/${slug}/label`);
  return <Overview />;
}
