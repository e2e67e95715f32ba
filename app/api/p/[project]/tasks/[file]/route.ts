import { answerDownload } from "@/app/api/p/answer-download";
import { downloadTasks } from "@/server/api/downloads";

export const GET = answerDownload<{ project: string; file: string }>(downloadTasks);
