import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverCaller } from "@/app/server-caller";
import { paths } from "@/domain/paths";
import { listSignInProviders } from "@/server/access/sign-in-providers";
import { createContext } from "@/server/api/root";
import { pathOfThisSite } from "../path-of-this-site";
import { LoginForm } from "./login-form";
import { ProviderButtons } from "./provider-buttons";
import { refusalWords } from "./refusal-words";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ next?: string; error?: string }> };

export default async function LoginPage({ searchParams }: Props) {
  const { next: wanted, error } = await searchParams;
  const next = pathOfThisSite(wanted);
  if ((await createContext()).user) redirect(next);
  if ((await (await serverCaller()).access.setupState()).needsFirstAdmin) redirect(paths.setup);
  return (
    <>
      <LoginForm next={next} refusal={refusalWords(error)} />
      <ProviderButtons providers={listSignInProviders()} next={next} />
    </>
  );
}
