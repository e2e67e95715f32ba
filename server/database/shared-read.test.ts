import { expect, it } from "vitest";
import { sharedRead } from "./shared-read";

it("gives those who ask together one read that begins after they asked, and a failure only to its own", async () => {
  let begun = 0;
  const ends: ((fails?: Error) => void)[] = [];
  const read = () => {
    const number = ++begun;
    return new Promise<number>((resolve, reject) => ends.push((fails) => (fails ? reject(fails) : resolve(number))));
  };
  const first = sharedRead("x", read);
  const rest = Array.from({ length: 50 }, () => sharedRead("x", read));
  expect(begun).toBe(1);
  ends[0]?.(new Error("lost"));
  await expect(first).rejects.toThrow("lost");
  await Promise.resolve();
  expect(begun).toBe(2);
  ends[1]?.();
  expect(await Promise.all(rest)).toEqual(rest.map(() => 2));
  const later = sharedRead("x", read);
  ends[2]?.();
  expect(await later).toBe(3);
});
