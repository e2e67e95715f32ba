import type { Metadata } from "next";
import { PageHeader } from "@/app/components/page-header";
import { requireMe } from "@/app/server-caller";
import { GuidelinesEditor } from "./guidelines-editor";
import { PasswordPanel } from "./password-panel";
import { RubricEditor } from "./rubric-editor";
import { StoragePanel } from "./storage-panel";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid gap-5">
        <GuidelinesEditor />
        <RubricEditor />
        <StoragePanel />
        <PasswordPanel email={(await requireMe()).email} />
      </div>
    </>
  );
}
