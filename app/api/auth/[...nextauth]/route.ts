import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptionsFor } from "@/server/access/auth-options";
import { createContext } from "@/server/api/root";

type Place = { params: Promise<{ nextauth: string[] }> };

const whoIsHere = async () => (await createContext()).user;

const handler = (request: NextRequest, place: Place) => NextAuth(request, place, authOptionsFor(whoIsHere));

export { handler as GET, handler as POST };
