import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { database } from "../database/client";
import { settings } from "../settings";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { makeComparisonTasks, makeProject, makeUser, writeModelFolder } from "../testing/test-rows";
import { addBaseModel } from "./add-base-model";
import { readGgufArchitecture } from "./gguf-architecture";
import { listModels } from "./list-models";
import { lookAtBase } from "./look-at-base";
import { removeBaseModel } from "./remove-base-model";
import { resolveModel } from "./resolve-model";

withTestDatabase();
withTestQueue();

let actor: ReturnType<typeof actorIn>;
let projectId = "";
beforeAll(async () => {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  projectId = project.id;
  actor = actorIn(project.id, ada.id);
});

const look = (reference: string) => lookAtBase({ actor, reference });
const text = (value: string) => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
};
const gguf = (...values: [key: string, value: string][]) =>
  Buffer.concat([
    Buffer.from("GGUF"),
    Buffer.alloc(20),
    ...values.flatMap(([key, value]) => [text(key), Buffer.from([8, 0, 0, 0]), text(value)]),
  ]);

describe("a place outside of the folders that the instance allows", () => {
  it("is refused in the same words whether or not there is something, and told what to do", async () => {
    const refusals = [
      "/etc/passwd",
      "/no/such/place",
      "/",
      os.homedir(),
      "~/models",
      "..",
      "../../../etc",
      "server",
      "docs/using",
    ];
    for (const reference of refusals) {
      const refused = await look(reference).catch((error: unknown) => error);
      if (reference === "~/models" || reference === "server") {
        expect(refused, reference).toMatchObject({ code: "model-file-invalid" }); // it is meant from the allowed folder
        continue;
      }
      expect(refused, reference).toMatchObject({ code: "model-place-forbidden" });
      const { userMessage } = refused as { userMessage: string };
      expect(userMessage).toMatch(/is not in a folder from which this instance takes models .*TUNELOOP_MODEL_FOLDERS/);
    }
  });

  it("is not reached by a link, neither of the folder nor of a file in it", async () => {
    const outside = dataPath("outside");
    await mkdir(outside, { recursive: true });
    await writeFile(path.join(outside, "config.json"), '{"model_type":"llama"}');
    await mkdir(dataPath("models"), { recursive: true });
    await symlink(outside, dataPath("models", "linked"));
    expect(await look(dataPath("models", "linked")).catch((error) => error.code)).toBe("model-place-forbidden");
    const folder = await writeModelFolder("with-a-link");
    await symlink("/etc/passwd", path.join(folder, "special_tokens_map.json"));
    expect(await look(folder).catch((error) => error.code)).toBe("model-place-forbidden");
    await rm(path.join(folder, "special_tokens_map.json"));
    await symlink(path.join(await writeModelFolder("beside"), "config.json"), path.join(folder, "more.json"));
    expect(await look(folder)).toMatchObject({ architecture: "llama" }); // a link that stays inside is welcome
  });

  it("is refused when it is used, too, if the folder became a link after it was added", async () => {
    const folder = await writeModelFolder("turns-into-a-link");
    const { id } = await addBaseModel({ actor, reference: folder });
    const version = await database().modelVersion.findUniqueOrThrow({ where: { id } });
    expect(await resolveModel(database(), version)).toEqual({ model: folder });
    await rm(folder, { recursive: true });
    await symlink("/etc", folder);
    await expect(resolveModel(database(), version)).rejects.toMatchObject({ code: "model-place-forbidden" });
  });
});

describe("a look at a base", () => {
  it("says what a folder or a GGUF holds, named by its whole path or from the folder of models", async () => {
    const folder = await writeModelFolder("good");
    const found = { kind: "place", reference: folder, architecture: "llama", sizeBytes: 1000 };
    expect(await look(folder)).toEqual(found);
    expect(await look("good")).toEqual(found);
    await writeFile(dataPath("models", "one.gguf"), gguf(["general.architecture", "gpt2"]));
    expect(await look("one.gguf")).toMatchObject({ architecture: "gpt2", sizeBytes: expect.any(Number) });
    expect(await look("tiny")).toMatchObject({ kind: "catalogue", reference: "tiny" });
  });

  it.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    ["no config", (folder) => rm(path.join(folder, "config.json")), /no config\.json/],
    ["no weights", (folder) => rm(path.join(folder, "model.safetensors")), /no weights/],
    ["no tokenizer", (folder) => rm(path.join(folder, "tokenizer.json")), /no tokenizer/],
    ["broken JSON", (folder) => writeFile(path.join(folder, "config.json"), "{"), /not valid JSON/],
    ["no kind", (folder) => writeFile(path.join(folder, "config.json"), "[]"), /does not say its model_type/],
    [
      "another kind",
      (folder) => writeFile(path.join(folder, "config.json"), '{"model_type":"bert"}'),
      /“bert”.*Llama/s,
    ],
    [
      "quantised weights",
      (folder) => writeFile(path.join(folder, "config.json"), '{"model_type":"llama","quantization_config":{}}'),
      /quantised/,
    ],
    ["nothing", (folder) => rm(folder, { recursive: true }), /There is nothing at/],
  ])("refuses a folder with %s, and adds nothing", async (name, spoil, words) => {
    const folder = await writeModelFolder(name.replaceAll(" ", "-"));
    await spoil(folder);
    await expect(addBaseModel({ actor, reference: folder })).rejects.toMatchObject({
      userMessage: expect.stringMatching(words),
    });
    expect(await database().modelVersion.count({ where: { projectId, artifact: folder } })).toBe(0);
  });

  it("reads the architecture of a GGUF from its beginning", () => {
    expect(readGgufArchitecture(gguf(["general.name", "x"], ["general.architecture", "llama"]))).toBe("llama");
    expect(readGgufArchitecture(Buffer.concat([gguf(), text("a number"), Buffer.from([4, 0, 0, 0])]))).toBeNull();
    const broken = gguf(["general.architecture", "llama"]);
    for (let length = 0; length < broken.length; length++)
      expect(readGgufArchitecture(broken.subarray(0, length)) ?? null).toBeNull();
    expect(readGgufArchitecture(Buffer.from("not a model at all, not at all"))).toBeUndefined();
  });
});

describe("a look at the hub", () => {
  const answers: Record<string, unknown> = {
    "/a/good/resolve/main/config.json": { model_type: "llama" },
    "/api/models/a/good/tree/main": [
      { path: "model.safetensors", size: 5000 },
      { path: "README.md", size: 7 },
    ],
    "/a/bert/resolve/main/config.json": { model_type: "bert" },
    "/api/models/a/bert/tree/main": [{ path: "model.safetensors", size: 5000 }],
    "/a/gguf/resolve/main/config.json": { model_type: "llama" },
    "/api/models/a/gguf/tree/main": [{ path: "model.gguf", size: 5000 }],
  };
  const hub = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    response.writeHead(answer ? 200 : request.url?.includes("/gated/") ? 401 : 404).end(JSON.stringify(answer ?? {}));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
    settings().hub.endpoint = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
    settings().cacheFolder = dataPath("cache");
  });
  afterAll(() => void hub.close());

  it("reads a repository's config and the size of its weights, without fetching them", async () => {
    expect(await look("a/good")).toEqual({ kind: "hub", reference: "a/good", architecture: "llama", sizeBytes: 5000 });
    await expect(look("a/bert")).rejects.toMatchObject({ code: "model-unsupported" });
    await expect(look("a/gguf")).rejects.toMatchObject({ userMessage: expect.stringMatching(/no safetensors/) });
    await expect(look("a/none")).rejects.toMatchObject({ userMessage: expect.stringMatching(/no such model/) });
    await expect(look("gated/one")).rejects.toMatchObject({ userMessage: expect.stringMatching(/HF_TOKEN/) });
  });

  it("takes what was fetched before from the cache, and says when the hub can't be reached", async () => {
    settings().hub.endpoint = "http://127.0.0.1:9";
    const cached = dataPath("cache", "models", "hub", "b", "kept");
    await mkdir(cached, { recursive: true });
    await writeFile(path.join(cached, "config.json"), '{"model_type":"gpt2"}');
    expect(await look("b/kept")).toMatchObject({ architecture: "gpt2" });
    await expect(look("a/good")).rejects.toMatchObject({ userMessage: expect.stringMatching(/can't be reached/) });
  });
});

describe("a base from which nothing was made", () => {
  it("can be removed, and added again; one that was used, or is the only one, stays", async () => {
    const reference = await writeModelFolder("a-mistake");
    const { id } = await addBaseModel({ actor, reference, name: "Mistake" });
    expect(await removeBaseModel({ actor, modelVersionId: id })).toEqual({ name: "Mistake", reference });
    expect((await listModels(actor)).map(({ name }) => name)).not.toContain("Mistake");
    await addBaseModel({ actor, reference, name: "Mistake" });

    const other = await makeProject(await makeUser("Bo"));
    const only = await database().modelVersion.findFirstOrThrow({ where: { projectId: other.id } });
    const theirs = actorIn(other.id, other.createdById);
    const kept = removeBaseModel({ actor: theirs, modelVersionId: only.id });
    await expect(kept).rejects.toMatchObject({
      code: "model-in-use",
      userMessage: expect.stringMatching(/only model/),
    });
    await makeComparisonTasks(other, { count: 1 });
    const second = await addBaseModel({ actor: theirs, reference });
    await expect(removeBaseModel({ actor: theirs, modelVersionId: only.id })).rejects.toMatchObject({
      userMessage: expect.stringMatching(/has written completions, so it stays/),
    });
    await expect(removeBaseModel({ actor, modelVersionId: second.id })).rejects.toMatchObject({
      code: "model-not-found",
    });
  });
});
