import type { Metadata } from "next";
import { paths } from "@/domain/paths";
import { ButtonLink } from "../components/button";
import { Logo } from "../components/logo";
import { UserMenu } from "../components/user-menu";
import { requireMe } from "../server-caller";
import { ProjectList } from "./project-list";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage() {
  const me = await requireMe();
  return (
    <main className="mx-auto max-w-3xl px-4 py-6">
      <div className="mb-8 flex items-center justify-between">
        <p className="flex items-center gap-2 font-semibold text-base">
          <Logo /> Tuneloop
        </p>
        <div className="flex items-center gap-2">
          {me.instanceRole === "admin" && <ButtonLink href={paths.people}>People</ButtonLink>}
          <UserMenu name={me.name} email={me.email} />
        </div>
      </div>
      <ProjectList mayCreate={me.instanceRole === "admin"} />
    </main>
  );
}
