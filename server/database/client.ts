import type { Prisma } from "@/generated/prisma/client";
import { PrismaClient } from "@/generated/prisma/client";
import { settings } from "../settings";
import { OrderedAdapter } from "./ordered-adapter";

// The client is kept on globalThis, because Next's development server loads modules anew on every change.
const shared = globalThis as typeof globalThis & { tuneloopDatabase?: PrismaClient };

/** The one database client of this process, connected on first use. */
export function database(): PrismaClient {
  shared.tuneloopDatabase ??= new PrismaClient({
    adapter: new OrderedAdapter({
      connectionString: settings().databaseUrl,
      max: 10,
      // The columns are timestamps without zone and hold UTC; `now()` in raw SQL must agree, wherever the server stands.
      options: "-c timezone=UTC",
    }),
    // Errors show no lines of source; `withoutQueryValues` takes out what a query was called with.
    errorFormat: "minimal",
    // On a busy machine a transaction may wait longer for a place in the pool or for a task's lock.
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  });
  return shared.tuneloopDatabase;
}

/** A client inside or outside a transaction. */
export type Database = PrismaClient | Transaction;
export type Transaction = Prisma.TransactionClient;
