import { answerDownload } from "@/app/api/p/answer-download";
import { downloadCheckpoint } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; run: string; step: string; file: string }>(downloadCheckpoint);
