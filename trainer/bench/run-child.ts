import { spawn } from "node:child_process";
import { DomainError } from "@/domain/errors";

/** Runs a program and gives the JSON object in the last line of its output. All other output goes to stderr. */
export async function runForJson<Result>(command: string, args: string[], signal: AbortSignal): Promise<Result> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  const output: Buffer[] = [];
  const messages: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => messages.push(chunk));
  const status = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killedBy) => resolve(code ?? killedBy ?? "unknown"));
  }).catch((error: Error) => {
    if (signal.aborted) throw error;
    throw new DomainError("bench-failed", `${command}: does not start (${error.message})`, undefined, error);
  });
  const lines = Buffer.concat(output).toString().trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  if (status !== 0 || !last.startsWith("{")) {
    const said = Buffer.concat(messages).toString().trimEnd().split("\n").slice(-8).join("\n");
    throw new DomainError("bench-failed", `${command} ${args[0] ?? ""}: ended with ${status}\n${said}`);
  }
  return JSON.parse(last) as Result;
}
