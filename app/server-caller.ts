import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { paths } from "@/domain/paths";
import { createCaller, createContext } from "@/server/api/root";

/** The API for server components: the same procedures, authorisation and errors as over the wire. Once a request. */
export const serverCaller = cache(async () => createCaller(await createContext(await headers())));

/** The signed-in person, or off to the login page and back (to the first admin's set-up where nobody exists yet). */
export const requireMe = cache(async () => {
  const { user } = await createContext();
  const caller = await serverCaller();
  if (user) return caller.access.me();
  if ((await caller.access.setupState()).needsFirstAdmin) redirect(paths.setup);
  const path = (await headers()).get("x-path") ?? "/";
  redirect(path === "/" ? paths.login() : paths.login({ next: path }));
});
