import { it } from "vitest";
import { expectTrajectory, TRAJECTORIES, withTrajectories } from "../fixtures/golden-trajectories";

withTrajectories();

it.each(TRAJECTORIES.filter((name) => /^(dpo|kto)/.test(name)))("%s, with micro-batches of 1", (name) =>
  expectTrajectory(name, { microBatchSize: 1 }),
);
