import { accessRouter } from "./access-router";
import { datasetsRouter } from "./datasets-router";
import { evaluationsRouter } from "./evaluations-router";
import { exportsRouter } from "./exports-router";
import { generationsRouter } from "./generations-router";
import { labelsRouter } from "./labels-router";
import { membersRouter } from "./members-router";
import { modelsRouter } from "./models-router";
import { peopleRouter } from "./people-router";
import { playgroundRouter } from "./playground-router";
import { projectsRouter } from "./projects-router";
import { promptsRouter } from "./prompts-router";
import { qualityRouter } from "./quality-router";
import { runsRouter } from "./runs-router";
import { scoresRouter } from "./scores-router";
import { storageRouter } from "./storage-router";
import { tasksRouter } from "./tasks-router";
import { createCallerFactory, router } from "./trpc";

export { createContext } from "./trpc";

export const appRouter = router({
  access: accessRouter,
  members: membersRouter,
  people: peopleRouter,
  projects: projectsRouter,
  prompts: promptsRouter,
  tasks: tasksRouter,
  labels: labelsRouter,
  datasets: datasetsRouter,
  runs: runsRouter,
  models: modelsRouter,
  exports: exportsRouter,
  generations: generationsRouter,
  playground: playgroundRouter,
  scores: scoresRouter,
  quality: qualityRouter,
  storage: storageRouter,
  evaluations: evaluationsRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures without transport, with the same authorisation and the same errors, for tests and server pages. */
export const createCaller = createCallerFactory(appRouter);
