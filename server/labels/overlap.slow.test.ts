import { expect, it } from "vitest";
import { labelAtRandom } from "../testing/random-labelling";
import { withTestDatabase } from "../testing/test-database";

withTestDatabase();

it("holds the overlap over 100,000 operations at random", async () => {
  const counts = await labelAtRandom(100_000, Math.random);
  console.log(counts);
  expect(counts.labels).toBeGreaterThan(10_000);
});
