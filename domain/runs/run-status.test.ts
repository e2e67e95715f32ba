import { expect, test } from "vitest";
import { isJobFinished, isUnderWay } from "./job-status";
import { canBeCancelled, isEnded, isFinished } from "./run-status";

test.each([
  ["queued", { finished: false, ended: false, cancellable: true, underWay: true, jobFinished: false }],
  ["running", { finished: false, ended: false, cancellable: true, underWay: true, jobFinished: false }],
  ["paused", { finished: true, ended: false, cancellable: true, underWay: false, jobFinished: false }],
  ["completed", { finished: true, ended: true, cancellable: false, underWay: false, jobFinished: true }],
  ["failed", { finished: true, ended: true, cancellable: false, underWay: false, jobFinished: true }],
  ["cancelled", { finished: true, ended: true, cancellable: false, underWay: false, jobFinished: true }],
])("what a run or a job that is %s can do", (status, expected) => {
  expect({
    finished: isFinished(status),
    ended: isEnded(status),
    cancellable: canBeCancelled(status),
    underWay: isUnderWay(status),
    jobFinished: isJobFinished(status),
  }).toEqual(expected);
});
