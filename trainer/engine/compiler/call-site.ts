const FRAMES = 40;
const INTERNAL =
  /node_modules|node:internal|tfjs-\w+\/(src|dist)|\/engine\/(compiler\/|compile\.ts|native-kernels\.ts)/;

/** The line of JavaScript, outside tfjs and the compiler, that led to this call: `path/file.ts:12:3`. */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const stack = new Error("call site").stack ?? "";
  Error.stackTraceLimit = limit;
  const frame = stack
    .split("\n")
    .slice(1)
    .find((line) => !INTERNAL.test(line));
  return frame?.match(/\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/)?.[1] ?? "an unknown line";
}
