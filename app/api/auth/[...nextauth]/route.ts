import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptionsFor } from "@/server/access/auth-options";
import { createContext } from "@/server/api/root";

type Place = { params: Promise<{ nextauth: string[] }> };

const whoIsHere = async () => (await createContext()).user;

/** next-auth throws at a body that is no JSON, which is the sender's fault. */
async function handler(request: NextRequest, place: Place): Promise<Response> {
  try {
    return await NextAuth(request, place, authOptionsFor(whoIsHere));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new Response("The request can't be read.\n", { status: 400 });
  }
}

export { handler as GET, handler as POST };
