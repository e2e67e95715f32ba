import { createHash } from "node:crypto";
import { promptIdentity } from "@/domain/datasets/prompt-identity";
import type { Message } from "@/domain/messages";

/**
 * Hashes a prompt's identity with SHA-256, as the column `textHash` has it. The migration that made the column says it
 * in SQL.
 */
export const textHashOf = (messages: readonly Message[]): string =>
  createHash("sha256").update(promptIdentity(messages)).digest("hex");
