import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { ERROR_CODES, type ErrorCode } from "@/domain/error-codes";
import type { ErrorStatus } from "@/domain/error-codes/error-facts";
import { DomainError, type Issue } from "@/domain/errors";
import { logger } from "../logger";

const TRANSPORT_CODES = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  429: "TOO_MANY_REQUESTS",
  503: "SERVICE_UNAVAILABLE",
} as const satisfies Record<ErrorStatus, TRPCError["code"]>;

const INTERNAL_MESSAGE = "Something went wrong on the server. The cause is in the server's log. Please try again.";

/**
 * Gives a DomainError the transport code of its own code. An error that nobody foresaw is logged and stays an internal
 * error.
 */
export function toTransportError(error: TRPCError, path: string): TRPCError {
  const { cause } = error;
  if (cause instanceof DomainError) {
    if (cause.cause) logger.warn({ path, domainCode: cause.code, err: cause }, cause.message);
    const code = TRANSPORT_CODES[ERROR_CODES[cause.code].status];
    return new TRPCError({ code, message: cause.userMessage, cause });
  }
  if (error.code === "INTERNAL_SERVER_ERROR") logger.error({ path, err: cause ?? error }, error.message);
  return error;
}

export interface ErrorDescription {
  /** The line for the person. */
  userMessage: string;
  /** The error's code, by which a page can decide; null where the error is no DomainError. */
  domainCode: ErrorCode | null;
  /** Each line or field that is wrong, for a page that marks it. `line` counts from 1; 0 is the file as a whole. */
  issues: { line?: number; element?: number; field?: string; message: string }[];
}

const describeIssue = ({ line, element, path, message }: Issue): ErrorDescription["issues"][number] => ({
  ...(line !== undefined && { line }),
  ...(element !== undefined && { element }),
  ...(path.length > 0 && { field: path.join(".") }),
  message,
});

const keyText = (key: PropertyKey) => (typeof key === "symbol" ? String(key) : key);

/** Selects what a page gets to know of an error: never more than a person may read. */
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
