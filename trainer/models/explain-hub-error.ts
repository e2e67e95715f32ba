import { HubApiError } from "@huggingface/hub";
import { hasCode, reasonOf } from "../file-formats/file-errors";
import type { HubModel } from "./hub-model";

interface Asked {
  model: HubModel;
  hubUrl: string;
  hasToken: boolean;
}

const NETWORK = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"];

/** Says why the hub did not give a model, and what a person can do about it, in one line without a full stop. */
export function explainHubError(error: unknown, asked: Asked): string {
  if (error instanceof HubApiError) return explainStatus(error.statusCode, asked);
  // The message `fetch failed` says nothing; its cause does (the first one, where several addresses were tried).
  const cause = error instanceof Error && error.message === "fetch failed" ? error.cause : error;
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const isNetwork = NETWORK.some((code) => hasCode(first, code) || hasCode(cause, code));
  const host = new URL(asked.hubUrl).host;
  if (isNetwork) return `no connection to ${host}: ${reasonOf(first)}; HF_ENDPOINT names another hub`;
  if (error instanceof TypeError && /access token/i.test(error.message)) return "HF_TOKEN should start with hf_";
  return reasonOf(first);
}

function explainStatus(status: number, { model: { repo, revision }, hubUrl, hasToken }: Asked): string {
  switch (status) {
    case 401:
      return hasToken
        ? "401: HF_TOKEN is not accepted; it is wrong or has expired"
        : "401: it is private, gated or does not exist; set HF_TOKEN of an account that may read it";
    case 403:
      return hasToken
        ? `403: the account of HF_TOKEN may not read it; where it is gated, accept its conditions at ${hubUrl}/${repo}`
        : "403: it is gated; set HF_TOKEN of an account that has accepted its conditions";
    case 404:
      return revision === undefined
        ? "404: there is no such repository"
        : `404: there is no such repository, or it has no revision ${revision}`;
    case 429:
      return "429: too many requests; try again later";
    default:
      return `${status}: the hub is out of order; try again later`;
  }
}
