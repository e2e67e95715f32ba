import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverCaller } from "@/app/server-caller";
import { pathsOf } from "@/domain/paths";
import { createContext } from "@/server/api/root";
import { orRefusal, Refusal } from "../refusal";
import { AcceptInvitation } from "./accept-invitation";
import { JoinForm } from "./join-form";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

const ROLE_WORDS = { admin: "to join as an admin", annotator: "to join as an annotator" };

/** Where an invitation link leads: a new person makes an account, one who has one joins with a click. */
export default async function InvitePage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = "" } = await searchParams;
  const invitation = await orRefusal((await serverCaller()).access.readInvitation({ token }));
  if ("refused" in invitation) return <Refusal title="Invitation">{invitation.refused}</Refusal>;
  const { project, role, email, from, alreadyIn } = invitation;
  if (alreadyIn) redirect(pathsOf(project.slug).overview);
  const { user } = await createContext();
  return (
    <div className="grid gap-4">
      <div>
        <h1 className="font-semibold text-xl [overflow-wrap:anywhere]">{project.name}</h1>
        <p className="mt-1 text-muted">
          {from} invites you {ROLE_WORDS[role]}.
        </p>
      </div>
      {user ? <AcceptInvitation token={token} me={user.email} /> : <JoinForm token={token} email={email} />}
    </div>
  );
}
