import type { Prisma } from "@/generated/prisma/client";

/** A label that counts: neither withdrawn nor superseded. In raw SQL: the view "LiveLabel". */
export const liveLabel = { withdrawal: null, supersededBy: null } as const satisfies Prisma.LabelWhereInput;
