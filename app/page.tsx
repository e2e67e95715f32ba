import { redirect } from "next/navigation";
import { paths, pathsOf } from "@/domain/paths";
import { requireMe } from "./server-caller";

/** Straight into the one project that there is; otherwise the list. */
export default async function HomePage() {
  const { projects } = await requireMe();
  redirect(projects.length === 1 && projects[0] ? pathsOf(projects[0].slug).overview : paths.projects);
}
