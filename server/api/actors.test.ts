import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ProjectActor } from "../access/actor";
import { actorIn } from "../testing/actors";

const API = import.meta.dirname;

const routers = readdirSync(API)
  .filter((name) => name.endsWith("-router.ts"))
  .map((name) => ({ name: name.replace("-router.ts", ""), text: readFileSync(path.join(API, name), "utf8") }));

/** Reads each procedure of a router from its file: what guards it and the use case that it calls. */
const procedures = routers.flatMap(({ name, text }) => {
  const files = new Map(
    [...text.matchAll(/import \{ ([^}]+) \} from "(\.\.\/[^"]+)";/g)].flatMap(([, names = "", file = ""]) =>
      names.split(", ").map((one) => [one, file] as const),
    ),
  );
  return text
    .split(/\n {2}(?=\w+: (?:projectAdmin|projectMember|signedIn|instanceAdmin|publicProcedure)\b)/)
    .slice(1)
    .map((body) => {
      const [, procedure = "", guard = ""] = /^(\w+): (\w+)/.exec(body) ?? [];
      const call = [...body.matchAll(/=>\s*\{?\s*(\w+)\(/g)].find(([, callee = ""]) => files.has(callee));
      const useCase = call?.[1] ?? "";
      const argument = body.slice((call?.index ?? 0) + (call?.[0].length ?? 0)).trimStart();
      return { path: `${name}.${procedure}`, guard, useCase, argument, files, file: files.get(useCase) ?? "" };
    });
});

const ofProjects = procedures.filter(({ guard }) => guard === "projectAdmin" || guard === "projectMember");

type UseCase = (...input: unknown[]) => Promise<unknown> | AsyncGenerator<unknown>;
const load = async (file: string) => (await import(path.join(API, `${file}.ts`))) as Record<string, unknown>;

/** Matches the ways in which a router hands the actor over: alone, in an object, or after a job's queue. */
const HANDED_OVER = /^(?:(?<queue>\w+), ctx\.actor\b|ctx\.actor\b|\{\s*(?:\.\.\.\w+,\s*)?actor: ctx\.actor\b)/;

/** Makes what the procedure would hand to its use case, if this were the actor of the request. */
async function inputOf({ argument, files }: (typeof procedures)[number], actor: ProjectActor): Promise<unknown[]> {
  const queue = HANDED_OVER.exec(argument)?.groups?.queue;
  if (!queue) return argument.startsWith("ctx") ? [actor] : [{ actor }];
  return [(await load(files.get(queue) ?? ""))[queue], actor, crypto.randomUUID(), new AbortController().signal];
}

describe("a use case checks for itself who may do it", () => {
  it("is found for every procedure", () => {
    expect(procedures.filter(({ useCase }) => useCase === "").map((one) => one.path)).toEqual([]);
    expect(ofProjects.length).toBeGreaterThan(90);
  });

  it("takes the actor of the request, and no id of a project or person in its stead", () => {
    const instance = ["models.trainerState"]; // the procedure is about the instance's worker, not about the project
    const wrong = ofProjects.filter(({ argument }) => !HANDED_OVER.test(argument));
    expect(wrong.map((one) => one.path)).toEqual(instance);
    expect(ofProjects.filter(({ argument }) => /\b(projectId|userId: ctx)\b/.test(argument))).toEqual([]);
  });

  it.each(ofProjects.filter(({ guard }) => guard === "projectAdmin"))(
    "$path refuses an annotator without its procedure",
    async (procedure) => {
      const useCase = (await load(procedure.file))[procedure.useCase] as UseCase;
      const annotator = actorIn(crypto.randomUUID(), crypto.randomUUID(), "annotator");
      const input = await inputOf(procedure, annotator);
      const answer = useCase(...input);
      const first = "next" in answer ? answer.next() : answer;
      await expect(first).rejects.toMatchObject({ code: "admin-forbidden" });
    },
  );

  it("can't be called with an actor that somebody made up", () => {
    const server = path.dirname(API);
    const makers = readdirSync(server, { recursive: true, encoding: "utf8" }).filter(
      (name) =>
        /\.tsx?$/.test(name) && readFileSync(path.join(server, name), "utf8").includes(`new ${"ProjectActor"}(`),
    );
    expect(makers.sort()).toEqual(["access/find-membership.ts", "access/find-operator.ts", "testing/actors.ts"]);
    // The operator is the person at the machine's own command line; no request may become one.
    const operators = readdirSync(server, { recursive: true, encoding: "utf8" }).filter(
      (name) => /\.ts$/.test(name) && readFileSync(path.join(server, name), "utf8").includes("find-operator"),
    );
    expect(operators.filter((name) => !name.endsWith(".test.ts"))).toEqual(["exports/export-command.ts"]);
  });
});
