import { expect, it } from "vitest";
import { labelAtRandom } from "../testing/random-labelling";
import { withTestDatabase } from "../testing/test-database";

withTestDatabase();

it("never gives a task more labels and places than it wants, whatever twelve people do at once", async () => {
  const { labels, refused } = await labelAtRandom(400, Math.random);
  expect(labels).toBeGreaterThan(40);
  expect(refused).toBeGreaterThan(0);
});
