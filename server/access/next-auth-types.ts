import "next-auth";
import "next-auth/jwt";

/** What our sessions carry besides next-auth's own fields: who claims to be here, and from which password on. */
declare module "next-auth" {
  interface User {
    sessionVersion: number;
  }
  interface Session {
    userId: string;
    sessionVersion: number;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    userId: string;
    sessionVersion: number;
  }
}
