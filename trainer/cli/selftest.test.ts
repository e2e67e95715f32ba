import type * as tf from "@tensorflow/tfjs";
import { Command } from "commander";
import { afterEach, expect, it, vi } from "vitest";
import type { Discounts } from "../losses/gae";
import { addSelftestCommand } from "./commands";

// A formula that is wrong on purpose: these advantages ignore the next token's value.
vi.mock("../losses/gae", async (original) => {
  const right = await original<typeof import("../losses/gae")>();
  const gae = (rewards: tf.Tensor2D, values: tf.Tensor2D, mask: tf.Tensor2D, { lambda }: Discounts) =>
    right.gae(rewards, values, mask, { gamma: 0.9, lambda });
  return { ...right, gae };
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

it("ends with status 1 and names the figures that a wrong formula spoils", async () => {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => {
    lines.push(String(line).trimEnd());
    return true;
  });
  const program = new Command();
  addSelftestCommand(program);
  await program.parseAsync(["node", "trainer", "selftest"]);
  expect(process.exitCode).toBe(1);
  const missed = lines.filter((line) => line.startsWith("MISSED"));
  expect(missed.join("\n")).toMatch(/PPO at π\*: largest advantage/);
  expect(missed.join("\n")).toMatch(/GAE by loop − GAE vectorised/);
  expect(lines.filter((line) => line.startsWith("ok")).join("\n")).toMatch(/DPO on Bradley–Terry labels/);
  expect(lines.at(-1)).toMatch(/bounds MISSED/);
});
