import { expect, it } from "vitest";
import { implicitPrompt } from "./implicit-prompt";

const turn = (role: string, content: string) => ({ role, content });
const [hi, hello, what, more] = [
  turn("user", "Hi"),
  turn("assistant", "Hello!"),
  turn("assistant", "What?"),
  turn("user", "More"),
] as const;

it("finds the turns that two conversations begin with", () => {
  expect(implicitPrompt([hi, hello], [hi, what])).toEqual({ prompt: [hi], chosen: [hello], rejected: [what] });
  expect(implicitPrompt([hi, hello, more, hello], [hi, hello, more, what])?.prompt).toEqual([hi, hello, more]);
});

it("leaves each its last turn, also where they are the same throughout", () => {
  expect(implicitPrompt([hi, hello], [hi, hello])).toEqual({ prompt: [hi], chosen: [hello], rejected: [hello] });
  expect(implicitPrompt([hi, hello, more, what], [hi, hello])?.rejected).toEqual([hello]);
});

it("has none to give of texts, of single turns and of conversations that begin differently", () => {
  expect(implicitPrompt("Human: Hi", "Human: Hi")).toBeNull();
  expect(implicitPrompt([hello], [what])).toBeNull();
  expect(implicitPrompt([hi, hello], [more, hello])).toBeNull();
  expect(implicitPrompt(undefined, [hi, hello])).toBeNull();
});
