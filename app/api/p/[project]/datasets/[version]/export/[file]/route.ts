import { answerDownload } from "@/app/api/p/answer-download";
import { downloadDatasetExport } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; version: string; file: string }>(downloadDatasetExport);
