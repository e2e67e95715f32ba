import "server-only";
import { TRPCError } from "@trpc/server";
import { notFound } from "next/navigation";
import { cache } from "react";
import { serverCaller } from "@/app/server-caller";

/** The project of the address, read once a request; "not found" to strangers, too. */
export const loadProject = cache(async (slug: string) => {
  try {
    return await (await serverCaller()).projects.get({ project: slug });
  } catch (error) {
    if (error instanceof TRPCError && (error.code === "NOT_FOUND" || error.code === "BAD_REQUEST")) notFound();
    throw error;
  }
});
