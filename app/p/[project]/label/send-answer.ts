import { type TRPCClient, TRPCClientError } from "@trpc/client";
import { errorText } from "@/app/components/error-text";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { AppRouter } from "@/server/api/root";
import type { SendResult } from "./outbox";

/** Codes after which sending the same answer again can help: the server was busy, broken or wants a sign-in first. */
const WORTH_RETRYING = new Set([
  "UNAUTHORIZED",
  "INTERNAL_SERVER_ERROR",
  "TIMEOUT",
  "TOO_MANY_REQUESTS",
  "BAD_GATEWAY",
  "SERVICE_UNAVAILABLE",
]);

/** Sends an answer once. No answer at all (no network, the site is down) is worth another try, a refusal is not. */
export async function sendAnswer(
  client: TRPCClient<AppRouter>,
  project: string,
  submission: LabelSubmission,
): Promise<SendResult> {
  try {
    const { labelId } = await client.labels.submit.mutate({ project, ...submission });
    return { ok: true, acknowledgement: { labelId } };
  } catch (error) {
    const code = error instanceof TRPCClientError ? error.data?.code : undefined;
    return { ok: false, refused: code !== undefined && !WORTH_RETRYING.has(code), message: errorText(error) };
  }
}
