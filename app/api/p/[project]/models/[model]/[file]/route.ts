import { answerDownload } from "@/app/api/p/answer-download";
import { downloadModel } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; model: string; file: string }>(downloadModel);
