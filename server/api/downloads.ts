import { Readable } from "node:stream";
import { getTRPCErrorFromUnknown } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import type { CurrentUser } from "../access/current-user";
import { findMembership } from "../access/find-membership";
import { piecesWhileAllowed, watchRights } from "../access/keep-rights";
import { openVersionExport } from "../datasets/export-version";
import { openVersionFiles } from "../datasets/open-version-files";
import { openExportFiles } from "../exports/open-export-files";
import { openLabelExport } from "../labels/export-labels";
import { openModelFiles } from "../models/model-files";
import { openImportReport, REPORT_FORMATS } from "../prompts/open-import-report";
import { openCheckpointFiles } from "../runs/open-checkpoint-files";
import { type StoredFile, tar, tarLength } from "../storage/tar";
import { openTaskExport } from "../tasks/export-tasks";
import { describeError, toTransportError } from "./errors";

/** The word that stands for the archive of all files, in the place of a file's name. */
export const ALL_FILES = "all.tar";

interface DownloadInput {
  user: CurrentUser | null;
  /** The project's slug. */
  project: string;
  /** The name of a file, or `ALL_FILES`. */
  file: string;
}

/** Sends a dataset version's file to admins of its project. */
export const downloadDataset = (input: DownloadInput & { version: string }): Promise<Response> =>
  download("dataset", input, async (actor) => {
    const datasetVersionId = parseId(input.version, "dataset version");
    const { version, files } = await openVersionFiles({ actor, datasetVersionId });
    return send(files, input.file, `${input.project}-v${version}`);
  });

/** Sends a dataset version's records in another tool's format to admins of its project. */
export const downloadDatasetExport = (input: DownloadInput & { version: string }): Promise<Response> =>
  download("datasetExport", input, async (actor) => {
    const datasetVersionId = parseId(input.version, "dataset version");
    const { version, name, stream } = await openVersionExport({
      ...{ actor, datasetVersionId, file: input.file },
    });
    return attachment(toWeb(stream), { name: `${input.project}-v${version}-${name}`, type: typeOf(name) });
  });

const LABEL_FILES = { "labels.jsonl": "jsonl", "labels.csv": "csv" } as const;

/** Sends a project's labels as JSONL or CSV to its admins. */
export const downloadLabels = (input: DownloadInput): Promise<Response> =>
  download("labels", input, async (actor) => {
    const format = Object.entries(LABEL_FILES).find(([name]) => name === input.file)?.[1];
    if (!format) throw new DomainError("file-not-found", input.file, "There is no such file.");
    const stream = openLabelExport({ actor, format });
    return attachment(toWeb(stream), { name: `${input.project}-${input.file}`, type: typeOf(input.file) });
  });

/** Sends a project's open tasks as JSONL to its admins. */
export const downloadTasks = (input: DownloadInput): Promise<Response> =>
  download("tasks", input, async (actor) => {
    if (input.file !== "tasks.jsonl") throw new DomainError("file-not-found", input.file, "There is no such file.");
    const stream = openTaskExport({ actor });
    return attachment(toWeb(stream), { name: `${input.project}-${input.file}`, type: typeOf(input.file) });
  });

/** Sends a model version's file to admins of its project. */
export const downloadModel = (input: DownloadInput & { model: string }): Promise<Response> =>
  download("model", input, async (actor) => {
    const modelVersionId = parseId(input.model, "model");
    const { name, files } = await openModelFiles({ actor, modelVersionId });
    return send(files, input.file, `${input.project}-${name}`);
  });

/** Sends a file of a model version's export to admins of its project. */
export const downloadExport = (input: DownloadInput & { export: string }): Promise<Response> =>
  download("export", input, async (actor) => {
    const exportId = parseId(input.export, "export");
    const { name, files } = await openExportFiles({ actor, exportId });
    return send(files, input.file, `${input.project}-${name}`);
  });

/** Sends a file of a run's checkpoint ("8" after that step, "best-8" its parameters alone) to admins of its project. */
export const downloadCheckpoint = (input: DownloadInput & { run: string; step: string }): Promise<Response> =>
  download("checkpoint", input, async (actor) => {
    const runId = parseId(input.run, "run");
    const { name, files } = await openCheckpointFiles({ actor, runId, checkpoint: input.step });
    return send(files, input.file, `${input.project}-${name}`);
  });

/** The rows that an import left out (`report.csv` or `report.jsonl`), for admins of its project. */
export const downloadImportReport = (input: DownloadInput & { import: string }): Promise<Response> =>
  download("importReport", input, async (actor) => {
    const importId = parseId(input.import, "import");
    const format = REPORT_FORMATS.find((one) => input.file === `report.${one}`);
    if (!format) throw new DomainError("file-not-found", input.file, "There is no such file.");
    const { fileName, lines } = await openImportReport({ actor, importId, format });
    const name = `${fileName.replace(/[^\w.-]+/g, "-").slice(0, 80)}-left-out.${format}`;
    return attachment(toWeb(Readable.from(lines, { objectMode: false })), { name, type: typeOf(name) });
  });

/** Sends what an admin of the project asks for, as long as they are one: the last piece may come hours after the first. */
const download = (
  name: string,
  input: DownloadInput & { user: CurrentUser | null },
  open: (actor: ProjectActor) => Promise<Response>,
): Promise<Response> =>
  answer(`downloads.${name}`, async () => {
    const actor = await adminOf(input);
    const { body, headers } = await open(actor);
    if (!body || !input.user) throw new DomainError("file-not-found", `${name} is empty`, "There is no such file.");
    const pieces = body as unknown as AsyncIterable<Uint8Array>; // Node's streams are iterable, which the DOM's types don't know
    const sent = piecesWhileAllowed(pieces, watchRights(input.user, input.project, actor));
    return new Response(toWeb(Readable.from(sent, { objectMode: false })), { headers });
  });

/** Applies the rules of the procedures' `projectAdmin`: a stranger finds nothing, an annotator is refused. */
export async function adminOf({ user, project }: Pick<DownloadInput, "user" | "project">): Promise<ProjectActor> {
  if (!user) throw new DomainError("signed-out", "no session", "Please sign in.");
  const actor = await findMembership(user.id, project);
  requireAdmin(actor);
  return actor;
}

function parseId(id: string, noun: string): string {
  if (z.uuid().safeParse(id).success) return id;
  throw new DomainError("download-not-found", `${id} is no id`, `There is no such ${noun}.`);
}

/** Sends one of the files, or all of them in an archive. The request's file name is only ever compared. */
function send(files: StoredFile[], wanted: string, title: string): Response {
  const name = title.replace(/[^\w.-]+/g, "-").slice(0, 80);
  if (wanted === ALL_FILES && files.length > 0)
    return attachment(toWeb(Readable.from(tar(name, files))), {
      name: `${name}.tar`,
      length: tarLength(name, files),
      type: "application/x-tar",
    });
  // The slash in a name (a member's file of an ensemble) may come as it was written in the address.
  const file = files.find((one) => one.name === wanted || encodeURIComponent(one.name) === wanted);
  if (!file) throw new DomainError("file-not-found", `${wanted} of ${title}`, "There is no such file.");
  return attachment(toWeb(file.open()), {
    name: `${name}-${file.name}`,
    length: file.sizeBytes,
    type: typeOf(file.name),
  });
}

const toWeb = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>;

const typeOf = (name: string): string =>
  name.endsWith(".jsonl")
    ? "application/x-ndjson; charset=utf-8"
    : name.endsWith(".json")
      ? "application/json; charset=utf-8"
      : name.endsWith(".csv")
        ? "text/csv; charset=utf-8"
        : "application/octet-stream";

const attachment = (body: ReadableStream<Uint8Array>, file: { name: string; length?: number; type: string }) =>
  new Response(body, {
    headers: {
      "content-type": file.type,
      // What is made while it is sent has no length beforehand.
      ...(file.length !== undefined && { "content-length": String(file.length) }),
      "content-disposition": `attachment; filename="${file.name.replace(/[^\w.-]/g, "-")}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });

/** Answers a refusal with a plain line and the status that the same error has in the API. */
export async function answer(path: string, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    const refusal = toTransportError(getTRPCErrorFromUnknown(error), path);
    return new Response(`${describeError(refusal).userMessage}\n`, {
      status: getHTTPStatusCodeFromError(refusal),
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
}
