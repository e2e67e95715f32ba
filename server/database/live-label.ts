import type { Prisma } from "@/generated/prisma/client";

/** The condition for a label that counts: neither withdrawn nor superseded. Raw SQL reads the view "LiveLabel". */
export const liveLabel = { withdrawal: null, supersededBy: null } as const satisfies Prisma.LabelWhereInput;
