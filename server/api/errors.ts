import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { DomainError, type Issue } from "@/domain/errors";
import { logger } from "../logger";

/** The ending of a DomainError's code decides its status; the rest are requests that can't be done: BAD_REQUEST. */
const TRANSPORT_CODES: [RegExp, TRPCError["code"]][] = [
  [/-not-found$/, "NOT_FOUND"],
  [/-forbidden$/, "FORBIDDEN"],
  [/^signed-out$/, "UNAUTHORIZED"],
  [/^too-many-/, "TOO_MANY_REQUESTS"],
  [/-conflict$/, "CONFLICT"],
  [/-unavailable$/, "SERVICE_UNAVAILABLE"],
];

const INTERNAL_MESSAGE = "Something went wrong on our side; it is in the log. Please try again.";

/** A DomainError gets the transport code of its own code; what nobody foresaw is logged and stays an internal error. */
export function toTransportError(error: TRPCError, path: string): TRPCError {
  const { cause } = error;
  if (cause instanceof DomainError) {
    if (cause.cause) logger.warn({ path, domainCode: cause.code, err: cause }, cause.message);
    const code = TRANSPORT_CODES.find(([pattern]) => pattern.test(cause.code))?.[1] ?? "BAD_REQUEST";
    return new TRPCError({ code, message: cause.userMessage, cause });
  }
  if (error.code === "INTERNAL_SERVER_ERROR") logger.error({ path, err: cause ?? error }, error.message);
  return error;
}

export interface ErrorDescription {
  /** One line for the person. */
  userMessage: string;
  /** For the page's own decisions; null where the error is no DomainError. */
  domainCode: string | null;
  /** Each line or field that is wrong, for a page that marks it. `line` counts from 1; 0 is the file as a whole. */
  issues: { line?: number; field?: string; message: string }[];
}

const describeIssue = ({ line, path, message }: Issue): ErrorDescription["issues"][number] => ({
  ...(line !== undefined && { line }),
  ...(path.length > 0 && { field: path.join(".") }),
  message,
});

const keyText = (key: PropertyKey) => (typeof key === "symbol" ? String(key) : key);

/** What a page gets to know of an error: never more than a person may read. */
export function describeError(error: TRPCError): ErrorDescription {
  const { cause } = error;
  if (cause instanceof DomainError) {
    return { userMessage: cause.userMessage, domainCode: cause.code, issues: cause.issues.map(describeIssue) };
  }
  if (cause instanceof ZodError) {
    const issues = cause.issues.map(({ path, message }) => describeIssue({ path: path.map(keyText), message }));
    const userMessage = [issues[0]?.field, issues[0]?.message].filter(Boolean).join(": ");
    return { userMessage, domainCode: "input-invalid", issues };
  }
  const userMessage = error.code === "INTERNAL_SERVER_ERROR" ? INTERNAL_MESSAGE : error.message;
  return { userMessage, domainCode: null, issues: [] };
}
