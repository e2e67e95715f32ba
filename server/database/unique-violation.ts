import { Prisma } from "@/generated/prisma/client";

/** Tells whether an insert failed because the row is there already (Prisma P2002). */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** Tells whether a transaction lost against a concurrent one and may simply be tried again (Prisma P2034). */
export const isWriteConflict = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2034";
