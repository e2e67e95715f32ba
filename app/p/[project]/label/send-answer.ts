import { type TRPCClient, TRPCClientError } from "@trpc/client";
import { errorText } from "@/app/components/error-text";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { AppRouter } from "@/server/api/root";
import type { SendResult } from "./outbox";

/** Codes by which the server says that it failed on this answer, which may be the answer's fault. */
const FAILED = new Set(["INTERNAL_SERVER_ERROR", "TIMEOUT"]);
/** Codes by which the server says that it can't take any answer now. */
const BUSY = new Set(["TOO_MANY_REQUESTS", "BAD_GATEWAY", "SERVICE_UNAVAILABLE", "GATEWAY_TIMEOUT"]);

/** Sends an answer once, and tells a refusal from a failure, and a failure from a server that nothing reaches. */
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
    return { ok: false, reason: reasonOf(code), message: errorText(error) };
  }
}

function reasonOf(code: string | undefined): "refused" | "failed" | "unreachable" | "signed-out" {
  if (code === undefined || BUSY.has(code)) return "unreachable";
  if (code === "UNAUTHORIZED") return "signed-out";
  return FAILED.has(code) ? "failed" : "refused";
}
