import { z } from "zod";
import { deactivatePerson, reactivatePerson } from "../access/deactivate-person";
import { listPeople } from "../access/list-people";
import { resetAnybody } from "../access/reset-anybody";
import { instanceAdmin, router } from "./trpc";

const onePerson = z.object({ userId: z.uuid() });

/** The people of the instance, for its admin. */
export const peopleRouter = router({
  list: instanceAdmin
    .input(
      z.object({
        search: z.string().max(200).optional(),
        cursor: z.uuid().nullish(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listPeople({ user: ctx.user, ...input })),

  deactivate: instanceAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) => deactivatePerson({ user: ctx.user, ...input })),

  reactivate: instanceAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) => reactivatePerson({ user: ctx.user, ...input })),

  makePasswordReset: instanceAdmin
    .input(onePerson)
    .mutation(({ ctx, input }) => resetAnybody({ user: ctx.user, ...input })),
});
