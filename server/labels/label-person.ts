import { Prisma } from "@/generated/prisma/client";

/** The columns that say who gave a label. */
export const personSelect = {
  annotatorId: true,
  importId: true,
  sourceAnnotatorId: true,
} as const satisfies Prisma.LabelSelect;

interface PersonColumns {
  annotatorId: string;
  importId: string | null;
  sourceAnnotatorId: string | null;
}

/**
 * Makes the key by which labels are of one person. A person whom a file names is never the account of the same id, and
 * never the account that imported the file; those whom a file does not name are one nobody for each import.
 */
export function personKey({ annotatorId, importId, sourceAnnotatorId }: PersonColumns): string {
  if (importId === null) return annotatorId;
  return sourceAnnotatorId === null ? `import:${importId}` : `file:${sourceAnnotatorId}`;
}

/** The key that `personKey` makes, of a label (as l). */
export const personColumn = Prisma.sql`CASE
  WHEN l."importId" IS NULL THEN l."annotatorId"::text
  WHEN l."sourceAnnotatorId" IS NULL THEN 'import:' || l."importId"
  ELSE 'file:' || l."sourceAnnotatorId" END`;

export const namedPersonSelect = {
  ...personSelect,
  sourceAnnotator: true,
  annotator: { select: { id: true, name: true } },
  import: { select: { fileName: true } },
} as const satisfies Prisma.LabelSelect;

/** The person of a label, for a page. */
export interface LabelPerson {
  /** The account that gave the label; null where the label came with a file. */
  id: string | null;
  name: string;
  /** The file that names the person, and the account that imported it; null where the label was given here. */
  source: { fileName: string; importedBy: string } | null;
}

export function labelPerson(label: Prisma.LabelGetPayload<{ select: typeof namedPersonSelect }>): LabelPerson {
  const { annotator, import: file, sourceAnnotator, sourceAnnotatorId } = label;
  if (!file) return { id: annotator.id, name: annotator.name, source: null };
  return {
    id: null,
    name: sourceAnnotator ?? sourceAnnotatorId ?? "A person without a name",
    source: { fileName: file.fileName, importedBy: annotator.name },
  };
}
