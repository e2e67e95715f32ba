import { answerDownload } from "@/app/api/p/answer-download";
import { downloadImportReport } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; import: string; file: string }>(downloadImportReport);
