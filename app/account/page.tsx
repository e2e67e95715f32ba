import type { Metadata } from "next";
import { paths } from "@/domain/paths";
import { listSignInProviders } from "@/server/access/sign-in-providers";
import { ProviderButtons } from "../(auth)/login/provider-buttons";
import { refusalWords } from "../(auth)/login/refusal-words";
import { ButtonLink } from "../components/button";
import { Notice } from "../components/notice";
import { PageHeader } from "../components/page-header";
import { Panel } from "../components/panel";
import { PasswordPanel } from "../p/[project]/settings/password-panel";
import { requireMe } from "../server-caller";

export const metadata: Metadata = { title: "Your account" };

/** What everybody may change of themselves, whatever their role. */
export default async function AccountPage({ searchParams }: { searchParams: Promise<{ error?: string }> }) {
  const { name, email, isEmailVerified, hasPassword } = await requireMe();
  const refusal = refusalWords((await searchParams).error);
  const providers = listSignInProviders();
  return (
    <main className="mx-auto grid max-w-3xl gap-3 px-4 py-6">
      <PageHeader title={name} about={email} actions={<ButtonLink href="/">Back to the projects</ButtonLink>} />
      {refusal && <Notice tone="bad">{refusal}</Notice>}
      {hasPassword ? (
        <PasswordPanel email={email} />
      ) : (
        <Panel title="Your password">
          <p className="text-muted">
            You have none: you sign in by another service. An admin can make a link that sets one.
          </p>
        </Panel>
      )}
      {providers.length > 0 && !isEmailVerified && (
        <Panel title="Confirm your address">
          <div className="grid max-w-md gap-3">
            <p className="text-muted">
              Nobody has confirmed yet that {email} is yours. Confirm it here, and you can sign in by that service from
              then on and keep your password. If whoever owns the address signs in there first, this password ends.
            </p>
            <ProviderButtons providers={providers} next={paths.account} verb="Confirm" />
          </div>
        </Panel>
      )}
    </main>
  );
}
