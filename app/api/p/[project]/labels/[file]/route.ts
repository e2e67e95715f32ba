import { answerDownload } from "@/app/api/p/answer-download";
import { downloadLabels } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; file: string }>(downloadLabels);
