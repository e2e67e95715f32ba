import type { Message } from "@/domain/messages";
import { notBuilt } from "../api/not-built";

export interface PromptRow {
  id: string;
  taskType: string;
  split: "train" | "validation";
  messages: Message[];
  completionCount: number;
  taskCount: number;
  labelCount: number;
  createdAt: Date;
  archivedAt: Date | null;
}

export interface PromptPage {
  rows: PromptRow[];
  nextCursor: string | null;
  /** All that match, not only this page. */
  total: number;
  taskTypes: { name: string; count: number }[];
}

export async function listPrompts(_input: {
  projectId: string;
  cursor?: string | null;
  limit: number;
  taskType?: string;
  search?: string;
  archived: boolean;
}): Promise<PromptPage> {
  return notBuilt("listPrompts");
}
