import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { downloadFile, type ListFileEntry, listFiles } from "@huggingface/hub";
import { DomainError } from "@/domain/errors";
import { isDescription } from "../file-formats/model-file-names";
import { explainHubError } from "./explain-hub-error";
import { type FetchOptions, fetchCancelled } from "./fetch-progress";
import { type HubModel, nameOfHubModel } from "./hub-model";

const WEIGHTS = /^(adapter_)?model(-\d+-of-\d+)?\.safetensors$/;
/** The user of a machine behind a firewall that drops packets should hear of it soon. */
const CONNECT_TIMEOUT_MS = 15_000;
const REPORT_EVERY_MS = 400;

/**
 * Downloads the files of a model from the Hugging Face hub into `folder` and checks the hashes that the hub gives.
 * `HF_ENDPOINT` names another hub, `HF_TOKEN` opens private and gated repositories.
 * @throws DomainError `model-unavailable`, saying what to do; `cancelled`
 */
export async function fetchFromHub(model: HubModel, folder: string, options: FetchOptions): Promise<void> {
  const hubUrl = process.env.HF_ENDPOINT?.replace(/\/$/, "") || undefined;
  const accessToken = process.env.HF_TOKEN || undefined;
  const { repo, revision } = model;
  const access = { repo, revision, hubUrl, accessToken, fetch: fetchWithin(options.signal) };
  try {
    await mkdir(folder, { recursive: true });
    const listed: ListFileEntry[] = [];
    for await (const file of listFiles(access)) listed.push(file);
    const files = wantedOf(listed);
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    let bytes = 0;
    let reportedAt = 0;
    for (const file of files) {
      const blob = await downloadFile({ ...access, path: file.path });
      if (!blob) throw new Error(`${file.path} is listed but not there`);
      const hash = createHash("sha256");
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          hash.update(chunk);
          const now = Date.now();
          if (now - reportedAt >= REPORT_EVERY_MS || bytes === totalBytes) {
            reportedAt = now;
            const message = `Downloading ${repo} from the hub: ${file.path}`;
            options.onProgress?.({ stage: "downloading", message, bytes, totalBytes });
          }
          done(null, chunk);
        },
      });
      await mkdir(path.dirname(path.join(folder, file.path)), { recursive: true });
      const target = createWriteStream(path.join(folder, file.path));
      await pipeline(Readable.from(chunksOf(blob)), counter, target, { signal: options.signal });
      if (target.bytesWritten !== blob.size) {
        throw new Error(`${file.path} ended after ${target.bytesWritten} of ${blob.size} bytes`);
      }
      const sha256 = hash.digest("hex");
      if (file.lfs && file.lfs.oid !== sha256)
        throw new Error(`${file.path} arrived with sha256 ${sha256}, not ${file.lfs.oid}`);
    }
  } catch (error) {
    if (options.signal?.aborted) throw fetchCancelled(error);
    const why = explainHubError(error, { model, hubUrl: hubUrl ?? "https://huggingface.co", hasToken: !!accessToken });
    const message = `the hub has not given ${nameOfHubModel(model)} (${why})`;
    throw new DomainError("model-unavailable", message, undefined, error);
  }
}

function wantedOf(listed: ListFileEntry[]): ListFileEntry[] {
  const files = listed.filter(({ path: name }) => WEIGHTS.test(name) || isDescription(name));
  if (files.some(({ path: name }) => name.endsWith(".safetensors"))) return files;
  const ggufs = listed.filter(({ path: name }) => name.endsWith(".gguf"));
  throw new Error(
    ggufs.length > 0
      ? `it holds GGUF files alone; download one of them and name the file: ${ggufs
          .map(({ path: name }) => name)
          .slice(0, 3)
          .join(", ")}`
      : "it holds no safetensors, the only weights that are taken from the hub",
  );
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** A `fetch` that gives up when no answer begins within the time limit, or when the caller cancels. */
function fetchWithin(signal?: AbortSignal): typeof fetch {
  return async (input, init) => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error("no answer in time")), CONNECT_TIMEOUT_MS);
    try {
      return await fetch(input, { ...init, signal: AbortSignal.any([deadline.signal, ...(signal ? [signal] : [])]) });
    } finally {
      clearTimeout(timer);
    }
  };
}
