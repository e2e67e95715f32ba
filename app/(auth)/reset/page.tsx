import type { Metadata } from "next";
import { serverCaller } from "@/app/server-caller";
import { orRefusal, Refusal } from "../refusal";
import { ResetForm } from "./reset-form";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

/** Where a reset link of an admin leads. */
export default async function ResetPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = "" } = await searchParams;
  const person = await orRefusal((await serverCaller()).access.readPasswordReset({ token }));
  if ("refused" in person) return <Refusal title="New password">{person.refused}</Refusal>;
  return <ResetForm token={token} name={person.name} email={person.email} />;
}
