import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { actorIn } from "../testing/actors";

const API = import.meta.dirname;

/** The routers whose use cases still take ids of project and person, and leave the check to the procedure. */
const WITHOUT_ACTORS = ["runs", "generations", "evaluations", "scores", "exports"];

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
      return { path: `${name}.${procedure}`, router: name, guard, useCase, argument, file: files.get(useCase) ?? "" };
    });
});

const withActors = procedures.filter(({ router, useCase }) => {
  const elsewhere = useCase === "cancelJob"; // the use case belongs to the queues, though the playground's router calls it as well
  return !WITHOUT_ACTORS.includes(router) && !elsewhere;
});
const ofProjects = withActors.filter(({ guard }) => guard === "projectAdmin" || guard === "projectMember");

type UseCase = (input: unknown, signal?: AbortSignal) => Promise<unknown> | AsyncGenerator<unknown>;

describe("a use case checks for itself who may do it", () => {
  it("is found for every procedure", () => {
    expect(procedures.filter(({ useCase }) => useCase === "").map((one) => one.path)).toEqual([]);
    expect(ofProjects.length).toBeGreaterThan(40);
  });

  it("takes the actor of the request, and no id of a project or person in its stead", () => {
    const instance = ["models.trainerState"]; // the procedure is about the instance's worker, not about the project
    const wrong = ofProjects.filter(
      ({ argument }) => !/^(\{\s*(\.\.\.\w+,\s*)?)?(actor: )?ctx\.actor\b/.test(argument),
    );
    expect(wrong.map((one) => one.path)).toEqual(instance);
    const ids = routers.filter(({ name, text }) => !WITHOUT_ACTORS.includes(name) && text.includes("ctx.project"));
    expect(ids.map(({ name }) => name)).toEqual(["playground"]); // `cancelJob` takes the project's id
  });

  it.each(ofProjects.filter(({ guard }) => guard === "projectAdmin"))(
    "$path refuses an annotator without its procedure",
    async ({ useCase, file, argument }) => {
      const module = (await import(path.join(API, `${file}.ts`))) as Record<string, UseCase>;
      const annotator = actorIn(crypto.randomUUID(), crypto.randomUUID(), "annotator");
      const run = async () => {
        const answer = module[useCase]?.(argument.startsWith("ctx") ? annotator : { actor: annotator });
        await (answer && "next" in answer ? answer.next() : answer);
      };
      await expect(run()).rejects.toMatchObject({ code: "admin-forbidden" });
    },
  );

  it("can't be called with an actor that somebody made up", () => {
    const server = path.dirname(API);
    const makers = readdirSync(server, { recursive: true, encoding: "utf8" }).filter(
      (name) =>
        /\.tsx?$/.test(name) && readFileSync(path.join(server, name), "utf8").includes(`new ${"ProjectActor"}(`),
    );
    expect(makers.sort()).toEqual(["access/find-membership.ts", "testing/actors.ts"]);
  });
});
