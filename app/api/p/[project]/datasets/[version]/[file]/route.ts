import { answerDownload } from "@/app/api/p/answer-download";
import { downloadDataset } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; version: string; file: string }>(downloadDataset);
