import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { downloadFile, listFiles } from "@huggingface/hub";
import { DomainError } from "@/domain/errors";
import { reasonOf } from "../checkpoints/file-errors";
import { type FetchOptions, fetchCancelled } from "./fetch-progress";

/** What a model or an adapter needs; a repository may hold much more (other formats, pictures). */
const WANTED =
  /^(config|generation_config|tokenizer|tokenizer_config|adapter_config|model\.safetensors\.index)\.json$|^chat_template\.jinja$|^(adapter_)?model(-\d+-of-\d+)?\.safetensors$/;
/** A machine behind a firewall that drops packets should hear of it soon. */
const CONNECT_TIMEOUT_MS = 15_000;
const REPORT_EVERY_MS = 400;

/**
 * Downloads the files of a model from the Hugging Face hub into `folder`.
 * `HF_ENDPOINT` names another hub, `HF_TOKEN` opens private and gated repositories.
 */
export async function fetchFromHub(repo: string, folder: string, options: FetchOptions): Promise<void> {
  const access = {
    repo,
    hubUrl: process.env.HF_ENDPOINT?.replace(/\/$/, "") || undefined,
    accessToken: process.env.HF_TOKEN || undefined,
    fetch: fetchWithin(options.signal),
  };
  try {
    await mkdir(folder, { recursive: true });
    const files: { path: string; size: number }[] = [];
    for await (const file of listFiles(access)) if (WANTED.test(file.path)) files.push(file);
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    let bytes = 0;
    let reportedAt = 0;
    for (const file of files) {
      const blob = await downloadFile({ ...access, path: file.path });
      if (!blob) throw new Error(`${file.path} is listed but not there`);
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          const now = Date.now();
          if (now - reportedAt >= REPORT_EVERY_MS || bytes === totalBytes) {
            reportedAt = now;
            const message = `Downloading ${repo} from the hub: ${file.path}`;
            options.onProgress?.({ stage: "downloading", message, bytes, totalBytes });
          }
          done(null, chunk);
        },
      });
      const target = createWriteStream(path.join(folder, file.path));
      await pipeline(Readable.from(chunksOf(blob)), counter, target, { signal: options.signal });
      if (target.bytesWritten !== blob.size) {
        throw new Error(`${file.path} ended after ${target.bytesWritten} of ${blob.size} bytes`);
      }
    }
  } catch (error) {
    if (options.signal?.aborted) throw fetchCancelled(error);
    throw new DomainError("model-unavailable", `the hub has not given ${repo} (${explain(error)})`, undefined, error);
  }
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** `fetch` that gives up when no answer begins within the time limit, or when the caller cancels. */
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

/** `fetch failed` says nothing; its cause does. */
function explain(error: unknown): string {
  const cause = error instanceof Error && error.message === "fetch failed" ? error.cause : undefined;
  return reasonOf(cause ?? error);
}
