import { expect, it } from "vitest";
import { isIn, memberSteps } from "./member-steps";

it("parts an ensemble's steps by member", () => {
  const parts = memberSteps({ ensemble: 3 }, 126);
  expect(parts).toEqual([
    { member: 1, after: 0, upTo: 42 },
    { member: 2, after: 42, upTo: 84 },
    { member: 3, after: 84, upTo: 126 },
  ]);
  expect([1, 42, 43, 84, 126].map((step) => parts.find((part) => isIn(part, step))?.member)).toEqual([1, 1, 2, 2, 3]);
});

it("takes a run of one model as one part, and so one of unknown length", () => {
  const whole = [{ member: 1, after: 0, upTo: Number.POSITIVE_INFINITY }];
  expect(memberSteps({}, 126)).toEqual(whole);
  expect(memberSteps({ ensemble: 1 }, 126)).toEqual(whole);
  expect(memberSteps({ ensemble: "min" }, 126)).toEqual(whole);
  expect(memberSteps({ ensemble: 3 }, null)).toEqual(whole);
});
