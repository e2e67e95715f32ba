import vm from "node:vm";
import { type DomainError, isDomainError } from "@/domain/errors";

const place = vm.createContext({ work: null });
const call = new vm.Script("work()");

/**
 * Runs code that tries a regular expression from outside, and ends it after a time: an expression such as `(a+)+$` can
 * take longer than anybody lives. V8 can be interrupted while it looks for a match, which makes this limit as good as a
 * process of its own, at some microseconds a call, and leaves each expression the meaning that JavaScript gives it.
 *
 * @param late makes the error to throw when the time is over
 */
export function withinTime<Result>(milliseconds: number, work: () => Result, late: () => DomainError): Result {
  const outer = place.work;
  let result: { value: Result } | undefined;
  place.work = () => {
    result = { value: work() };
  };
  try {
    call.runInContext(place, { timeout: milliseconds });
  } catch (error) {
    throw isDomainError(error) || !isTimeOver(error) ? error : late();
  } finally {
    place.work = outer;
  }
  return (result as { value: Result } | undefined as { value: Result }).value;
}

const isTimeOver = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
