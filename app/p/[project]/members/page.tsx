import type { Metadata } from "next";
import { PageHeader } from "@/app/components/page-header";
import { AuditPanel } from "./audit-panel";
import { InvitationPanel } from "./invitation-panel";
import { MemberPanel } from "./member-panel";

export const metadata: Metadata = { title: "Members" };

export default function MembersPage() {
  return (
    <>
      <PageHeader title="Members" about="Who may label here and who runs the project, and what its admins changed." />
      <div className="grid gap-5">
        <MemberPanel />
        <InvitationPanel />
        <AuditPanel />
      </div>
    </>
  );
}
