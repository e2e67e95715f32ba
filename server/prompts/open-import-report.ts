import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";

/** How a report can be had. */
export const REPORT_FORMATS = ["csv", "jsonl"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Rows of a report that are read at once. */
const PAGE = 2_000;

interface ReportRow {
  position: number;
  line: number;
  element: number | null;
  field: string | null;
  message: string;
}

/**
 * The rows that an import left out, with the reason of each, as a file that is written while it is read.
 *
 * @throws DomainError `import-not-found`
 */
export async function openImportReport(input: { actor: ProjectActor; importId: string; format: ReportFormat }) {
  const { projectId } = requireAdmin(input.actor);
  const found = await database().promptImport.findFirst({
    where: { id: input.importId, projectId },
    select: { fileName: true },
  });
  if (!found) throw new DomainError("import-not-found", input.importId, "There is no such import in this project.");
  return { fileName: found.fileName, lines: reportLines(input.importId, input.format) };
}

async function* reportLines(importId: string, format: ReportFormat): AsyncGenerator<string> {
  if (format === "csv") yield "line,element,field,reason\r\n";
  for (let position = -1; ; ) {
    const rows: ReportRow[] = await database().promptImportIssue.findMany({
      where: { importId, position: { gt: position } },
      orderBy: { position: "asc" },
      take: PAGE,
    });
    if (rows.length > 0) yield rows.map(format === "csv" ? csvLine : jsonLine).join("");
    if (rows.length < PAGE) return;
    position = rows.at(-1)?.position ?? position;
  }
}

const jsonLine = ({ line, element, field, message }: ReportRow) =>
  `${JSON.stringify({ line, ...(element !== null && { element }), field, reason: message })}\n`;

const csvLine = ({ line, element, field, message }: ReportRow) =>
  `${[String(line), element === null ? "" : String(element), csvCell(field ?? ""), csvCell(message)].join(",")}\r\n`;

/** Quoted, and with an apostrophe before what a spreadsheet would take for a formula: names of keys come from the file. */
const csvCell = (text: string) =>
  text === "" ? "" : `"${text.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
