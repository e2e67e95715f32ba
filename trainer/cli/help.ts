import type { Command } from "commander";

/** What a person wants to know of a command besides its options. */
export interface Meaning {
  reads: string;
  writes: string;
  /** Exit statuses besides 0 (done) and 1 (bad input, or the command failed). */
  status?: string;
  /** One command line each, without the words that start the trainer. */
  examples: readonly string[];
}

const WIDTH = 100;
const LABEL = 10;

/** Puts the explanation under the command's options in `--help`. */
export function explain(command: Command, { reads, writes, status, examples }: Meaning): Command {
  const paragraphs = [
    paragraph("Reads:", reads),
    paragraph("Writes:", writes),
    paragraph(
      "Status:",
      `0 done; 1 bad input, reported in one line that names file, line and key, or the command failed${status ? `; ${status}` : ""}`,
    ),
    ["Example:", ...examples.map((example) => `  npm run --silent trainer -- ${example}`)].join("\n"),
  ];
  return command.addHelpText("after", `\n${paragraphs.join("\n")}`);
}

/** The exit statuses of commands that a signal may end in good order. */
export const STOPPED = "130 after Ctrl-C, 143 after SIGTERM";

/** Wraps words into lines behind a label. */
export function paragraph(label: string, text: string): string {
  const lines: string[] = [];
  let line = label.padEnd(LABEL);
  for (const word of text.split(" ")) {
    if (line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = " ".repeat(LABEL);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join("\n");
}
