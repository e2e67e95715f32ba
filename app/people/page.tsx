import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { paths } from "@/domain/paths";
import { ButtonLink } from "../components/button";
import { PageHeader } from "../components/page-header";
import { requireMe } from "../server-caller";
import { PeopleList } from "./people-list";

export const metadata: Metadata = { title: "People" };

/** Everybody who has an account here, for the instance's admin. */
export default async function PeoplePage() {
  const me = await requireMe();
  if (me.instanceRole !== "admin") notFound();
  return (
    <main className="mx-auto max-w-5xl px-4 py-6">
      <PageHeader
        title="People"
        about="Everybody who has an account on this instance. Invitations are made in each project, under Members."
        actions={<ButtonLink href={paths.projects}>Back to the projects</ButtonLink>}
      />
      <PeopleList myId={me.id} />
    </main>
  );
}
