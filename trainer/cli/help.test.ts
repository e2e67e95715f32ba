import { describe, expect, it } from "vitest";
import { createProgram } from "./program";

/** The commands that a person sees; those that the trainer starts itself are hidden. */
const commands = createProgram()
  .createHelp()
  .visibleCommands(createProgram())
  .filter((command) => command.name() !== "help");

function helpOf(name: string): string {
  const lines: string[] = [];
  const program = createProgram();
  const command = program.commands.find((one) => one.name() === name);
  command?.configureOutput({ writeOut: (text) => lines.push(text), getOutHelpWidth: () => 100 });
  command?.outputHelp();
  return lines.join("");
}

describe("--help", () => {
  it("lists every command", () => {
    expect(commands.map((command) => command.name())).toEqual([
      ...["train", "keys", "sweep", "score", "report", "generate", "evaluate"],
      ...["import", "export", "convert", "bench", "doctor", "selftest"],
    ]);
  });

  it.each(commands.map((command) => [command.name(), command] as const))(
    "of %s says what it reads and writes, its statuses, an example, and what every option means",
    (name, command) => {
      const help = helpOf(name);
      for (const label of [/^Reads: {4}\S/m, /^Writes: {3}\S/m, /^Status: {3}0 done; 1 /m]) expect(help).toMatch(label);
      expect(help).toMatch(new RegExp(`^Example:\\n {2}npm run --silent trainer -- ${name}`, "m"));
      for (const { flags, description } of command.options) expect(description, flags).not.toBe("");
      const outsideExamples = help.split("Example:")[0] as string;
      expect(outsideExamples.split("\n").filter((line) => line.length > 101)).toEqual([]);
    },
  );
});
