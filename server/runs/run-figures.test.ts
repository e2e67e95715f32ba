import { expect, it } from "vitest";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun } from "../testing/test-loop";
import { readThinned } from "./run-figures";

withTestDatabase();

it("thins a long series out and loses neither a peak nor the ends nor anything new; a short one stays whole", async () => {
  const { id: runId } = await makeRun(await makeProject({ prompts: 0 }));
  const loss = Array.from({ length: 5_000 }, (_, step) => ({ step, value: step === 1_234 ? 9 : 1 / (step + 1) }));
  await database().runMetric.createMany({
    data: [
      ...loss.map((point) => ({ runId, name: "loss", ...point })),
      ...loss.filter(({ step }) => step % 50 === 0).map((point) => ({ runId, name: "evalLoss", ...point })),
    ],
  });
  const [evalLoss, thinned] = await readThinned(runId);
  expect(evalLoss).toMatchObject({ name: "evalLoss", total: 100 });
  expect(evalLoss?.points).toHaveLength(100);
  expect(thinned).toMatchObject({ name: "loss", total: 5_000 });
  const points = thinned?.points ?? [];
  expect(points.length).toBeLessThan(310);
  expect(points[0]).toEqual(loss[0]);
  expect(points).toContainEqual({ step: 1_234, value: 9 });
  expect(points.slice(-100)).toEqual(loss.slice(-100));
  expect(points.map(({ step }) => step)).toEqual(points.map(({ step }) => step).sort((a, b) => a - b));
});
