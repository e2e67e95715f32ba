/** The file that a label's person comes from, in words; nothing for a person of this instance. */
export const sourceWords = (source: { fileName: string; importedBy: string } | null): string =>
  source === null ? "" : `, by file ${source.fileName}, imported by ${source.importedBy}`;
