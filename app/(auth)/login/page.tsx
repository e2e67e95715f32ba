import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { createContext } from "@/server/api/root";
import { serverCaller } from "../../server-caller";
import { LoginForm } from "./login-form";

export const metadata: Metadata = { title: "Sign in" };

/** Only a path of this site may follow a sign-in. */
const safePath = (path: string | undefined) => (path && /^\/(?![/\\])/.test(path) ? path : "/");

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const next = safePath((await searchParams).next);
  if ((await createContext()).user) redirect(next);
  if ((await (await serverCaller()).access.setupState()).needsFirstAdmin) redirect("/setup");
  return <LoginForm next={next} />;
}
