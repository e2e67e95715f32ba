import { answerDownload } from "@/app/api/p/answer-download";
import { downloadExport } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; export: string; file: string }>(downloadExport);
