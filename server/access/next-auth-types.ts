import "next-auth";
import "next-auth/jwt";

/** The fields of our sessions beside next-auth's own: who claims to be here, and from which password on. */
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
