import type { LabelKind } from "@/domain/labels/kinds";
import { notBuilt } from "../api/not-built";
import type { PromptRow } from "./list-prompts";

export interface PromptDetail extends PromptRow {
  source: "imported" | "demo" | "written";
  completions: {
    id: string;
    content: string;
    origin: "person" | "generation" | "imported";
    modelVersionId: string | null;
    modelName: string | null;
    author: { id: string; name: string } | null;
    generationId: string | null;
    sampleIndex: number | null;
    finished: boolean;
    createdAt: Date;
  }[];
  tasks: {
    id: string;
    kind: LabelKind;
    requiredLabels: number;
    labelCount: number;
    status: "open" | "done" | "archived";
    createdAt: Date;
  }[];
}

export async function getPrompt(_input: { projectId: string; promptId: string }): Promise<PromptDetail> {
  return notBuilt("getPrompt");
}
