import { TRPCError } from "@trpc/server";
import { beforeAll, describe, expect, it } from "vitest";
import type { CurrentUser } from "../access/current-user";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeUser } from "../testing/test-rows";
import { appRouter, createCaller } from "./root";

withTestDatabase();

/** The table says who may call what. A procedure without a row here fails the first test. */
const ALLOWED = {
  public: [
    "access.setupState",
    "access.createFirstAdmin",
    "access.readInvitation",
    "access.joinByInvitation",
    "access.readPasswordReset",
    "access.resetPassword",
  ],
  signedIn: ["access.me", "access.changePassword", "access.acceptInvitation", "projects.list"],
  instanceAdmin: [
    "projects.create",
    "people.list",
    "people.deactivate",
    "people.reactivate",
    "people.makePasswordReset",
  ],
  member: [
    "projects.get",
    "projects.rubric",
    "labels.next",
    "labels.progress",
    "labels.submit",
    "labels.withdraw",
    "labels.correct",
    "labels.reopen",
    "labels.skip",
    "labels.unskip",
    "labels.giveBack",
    "labels.saveDraft",
    "labels.renewLease",
    "labels.mine",
    "models.trainerState",
  ],
  admin: [
    "members.list",
    "members.changeRole",
    "members.remove",
    "members.restore",
    "members.makePasswordReset",
    "members.invitations",
    "members.invite",
    "members.revokeInvitation",
    "members.restoreInvitation",
    "members.audit",
    "projects.overview",
    "projects.watchOverview",
    "projects.updateGuidelines",
    "projects.updateRubric",
    "prompts.list",
    "prompts.get",
    "prompts.currentImport",
    "prompts.watchImport",
    "prompts.remapImport",
    "prompts.startImport",
    "prompts.retryImport",
    "prompts.cancelImport",
    "prompts.imports",
    "prompts.archive",
    "prompts.restore",
    "tasks.list",
    "tasks.plan",
    "tasks.archive",
    "tasks.freeStuck",
    "tasks.stuckCount",
    "tasks.exportCounts",
    "tasks.create",
    "tasks.look",
    "tasks.release",
    "tasks.setAnnotators",
    "tasks.templates",
    "tasks.saveTemplate",
    "tasks.removeTemplate",
    "labels.list",
    "labels.exportCounts",
    "datasets.preview",
    "datasets.freezing",
    "datasets.list",
    "datasets.get",
    "datasets.exports",
    "datasets.exclusions",
    "datasets.previewExclusion",
    "datasets.exclude",
    "datasets.liftExclusion",
    "runs.sheet",
    "runs.trainOnLatestLabels",
    "runs.list",
    "runs.get",
    "runs.metrics",
    "runs.diagnosis",
    "runs.log",
    "runs.watch",
    "runs.folder",
    "runs.rollouts",
    "runs.rollout",
    "runs.rewardReport",
    "runs.correctProbe",
    "runs.cancel",
    "runs.stopAtCheckpoint",
    "runs.retry",
    "models.list",
    "models.get",
    "models.promote",
    "models.inspect",
    "models.inspection",
    "models.watchInspection",
    "models.addBase",
    "models.lookAtBase",
    "models.removeBase",
    "models.archive",
    "models.restore",
    "generations.create",
    "generations.list",
    "generations.get",
    "generations.watch",
    "generations.cancel",
    "generations.tokenLimit",
    "generations.nextRound",
    "playground.start",
    "playground.watch",
    "playground.cancel",
    "exports.list",
    "exports.start",
    "exports.watch",
    "exports.cancel",
    "exports.remove",
    "quality.get",
    "quality.pairs",
    "scores.summary",
    "scores.start",
    "scores.watch",
    "scores.cancel",
    "storage.get",
    "storage.setRetention",
    "storage.cleanUp",
    "evaluations.list",
    "evaluations.start",
    "evaluations.watch",
    "evaluations.cancel",
  ],
} as const;

type Level = keyof typeof ALLOWED;
type Person = "anonymous" | "stranger" | "annotator" | "admin" | "instanceAdmin";

/** Tells what a person gets from a procedure of a level: through, or turned away with this code. */
const EXPECTED: Record<Level, Record<Person, "through" | TRPCError["code"]>> = {
  public: {
    anonymous: "through",
    stranger: "through",
    annotator: "through",
    admin: "through",
    instanceAdmin: "through",
  },
  signedIn: {
    anonymous: "UNAUTHORIZED",
    stranger: "through",
    annotator: "through",
    admin: "through",
    instanceAdmin: "through",
  },
  instanceAdmin: {
    anonymous: "UNAUTHORIZED",
    stranger: "FORBIDDEN",
    annotator: "FORBIDDEN",
    admin: "FORBIDDEN",
    instanceAdmin: "through",
  },
  member: {
    anonymous: "UNAUTHORIZED",
    stranger: "NOT_FOUND",
    annotator: "through",
    admin: "through",
    instanceAdmin: "NOT_FOUND",
  },
  admin: {
    anonymous: "UNAUTHORIZED",
    stranger: "NOT_FOUND",
    annotator: "FORBIDDEN",
    admin: "through",
    instanceAdmin: "NOT_FOUND",
  },
};

const DENIALS: ReadonlySet<string> = new Set(["UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND"]);
const people: Record<Person, CurrentUser | null> = {
  anonymous: null,
  stranger: null,
  annotator: null,
  admin: null,
  instanceAdmin: null,
};
let slug = "";

beforeAll(async () => {
  people.admin = await makeUser("Admin");
  people.annotator = await makeUser("Annotator");
  people.stranger = await makeUser("Stranger");
  people.instanceAdmin = await makeUser("Instance", "admin"); // the person runs the instance and is no member of the project
  slug = (await makeProject(people.admin, [people.annotator])).slug;
});

/**
 * The input names nothing but the project: a person who gets through is stopped by the missing input, or by nothing.
 */
async function call(path: string, person: Person): Promise<"through" | string> {
  const caller = createCaller({ user: people[person] });
  const procedure = path
    .split(".")
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], caller) as (input: unknown) => unknown;
  try {
    await procedure({ project: slug });
    return "through";
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return DENIALS.has(error.code) ? error.code : "through";
  }
}

describe("roles", () => {
  it("has a row for every procedure, and no row more", () => {
    const rows: string[] = Object.values(ALLOWED).flat();
    expect(Object.keys(appRouter._def.procedures).sort()).toEqual(rows.sort());
  });

  const levels = Object.keys(ALLOWED) as Level[];
  const cases = levels.flatMap((level) => ALLOWED[level].map((path) => [path, level] as const));
  it.each(cases)("%s is for: %s", async (path, level) => {
    for (const person of Object.keys(people) as Person[])
      expect([person, await call(path, person)]).toEqual([person, EXPECTED[level][person]]);
  });

  it("tells a stranger of a project nothing else than of one that does not exist", async () => {
    const caller = createCaller({ user: people.stranger });
    const answers = await Promise.all(
      [slug, "no-such-project"].map((project) => caller.projects.get({ project }).catch((error: TRPCError) => error)),
    );
    expect(answers.map((answer) => answer instanceof TRPCError && [answer.code, answer.message])).toEqual([
      ["NOT_FOUND", "There is no such project."],
      ["NOT_FOUND", "There is no such project."],
    ]);
  });
});
