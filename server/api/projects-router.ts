import { z } from "zod";
import { rubricSchema } from "@/domain/labels/rubric";
import { createProject } from "../projects/create-project";
import { getProject } from "../projects/get-project";
import { getRubric } from "../projects/get-rubric";
import { listProjects } from "../projects/list-projects";
import { projectOverview } from "../projects/project-overview";
import { updateGuidelines } from "../projects/update-guidelines";
import { updateRubric } from "../projects/update-rubric";
import { watchOverview } from "../projects/watch-overview";
import { instanceAdmin, projectAdmin, projectMember, router, signedIn } from "./trpc";

export const projectsRouter = router({
  list: signedIn.query(({ ctx }) => listProjects(ctx.user.id)),

  create: instanceAdmin
    .input(
      z.object({
        name: z.string().trim().min(1, "please give a name").max(100),
        description: z.string().trim().max(2_000).default(""),
        demo: z.boolean().default(false),
      }),
    )
    .mutation(({ ctx, input }) => createProject({ user: ctx.user, ...input })),

  get: projectMember.query(({ ctx }) => getProject(ctx.actor)),

  overview: projectAdmin.query(({ ctx }) => projectOverview(ctx.actor)),

  watchOverview: projectAdmin.subscription(({ ctx }) => watchOverview(ctx.actor, ctx.until)),

  updateGuidelines: projectAdmin
    .input(z.object({ markdown: z.string().max(100_000) }))
    .mutation(({ ctx, input }) => updateGuidelines({ actor: ctx.actor, markdown: input.markdown })),

  rubric: projectMember.query(({ ctx }) => getRubric(ctx.actor)),

  updateRubric: projectAdmin
    .input(z.object({ criteria: rubricSchema }))
    .mutation(({ ctx, input }) => updateRubric({ actor: ctx.actor, criteria: input.criteria })),
});
