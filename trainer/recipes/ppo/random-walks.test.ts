import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { learnWalks } from "../../fixtures/learn-walks";

it("turns aimless walks on a graph into short ones within a few iterations", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "tuneloop-walks-"));
  try {
    const scores = await learnWalks(folder, { walks: 500, epochs: 6, iterations: 7 });
    expect(scores[0]).toBeLessThan(0.5);
    expect(scores.at(-1)).toBeGreaterThan(0.75);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
