import { TRPCError } from "@trpc/server";
import { ButtonLink } from "../components/button";
import { Notice } from "../components/notice";

/** Why a link does not serve, in the server's own sentence. */
export function Refusal({ title, children }: { title: string; children: string }) {
  return (
    <div className="grid gap-4">
      <h1 className="font-semibold text-xl">{title}</h1>
      <Notice tone="bad">{children}</Notice>
      <ButtonLink href="/">Go to the start page</ButtonLink>
    </div>
  );
}

/** The answer to a question about a link, or the sentence with which it was refused. Anything unforeseen is thrown on. */
export async function orRefusal<T>(question: Promise<T>): Promise<T | { refused: string }> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return { refused: error.message };
    throw error;
  }
}
