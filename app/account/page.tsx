import type { Metadata } from "next";
import { ButtonLink } from "../components/button";
import { PageHeader } from "../components/page-header";
import { PasswordPanel } from "../p/[project]/settings/password-panel";
import { requireMe } from "../server-caller";

export const metadata: Metadata = { title: "Your account" };

/** What everybody may change of themselves, whatever their role. */
export default async function AccountPage() {
  const { name, email } = await requireMe();
  return (
    <main className="mx-auto max-w-3xl px-4 py-6">
      <PageHeader title={name} about={email} actions={<ButtonLink href="/">Back to the projects</ButtonLink>} />
      <PasswordPanel />
    </main>
  );
}
