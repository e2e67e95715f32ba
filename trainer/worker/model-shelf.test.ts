import { describe, expect, it } from "vitest";
import { ModelShelf } from "./model-shelf";

/** Loads models that remember what became of them. */
function library() {
  const loaded: string[] = [];
  const disposed: string[] = [];
  const load = (name: string) => async () => {
    loaded.push(name);
    return { name, dispose: () => void disposed.push(name) };
  };
  return { loaded, disposed, load };
}

describe("the shelf of models", () => {
  it("keeps the two that were used last", async () => {
    const { loaded, disposed, load } = library();
    const shelf = new ModelShelf(2);
    for (const name of ["a", "b", "a", "c", "a", "b"]) await (await shelf.borrow(name, load(name))).release();
    expect(loaded).toEqual(["a", "b", "c", "b"]);
    expect(disposed).toEqual(["b", "c"]);
  });

  it("never gives away what is in use", async () => {
    const { disposed, load } = library();
    const shelf = new ModelShelf(1);
    const a = await shelf.borrow("a", load("a"));
    const b = await shelf.borrow("b", load("b"));
    await b.release();
    expect(disposed).toEqual(["b"]); // the shelf is over its size, but keeps the model at work
    await a.release();
    expect(disposed).toEqual(["b"]);
  });

  it("loads once for two who come at the same time", async () => {
    const { loaded, load } = library();
    const shelf = new ModelShelf(2);
    const both = await Promise.all([shelf.borrow("a", load("a")), shelf.borrow("a", load("a"))]);
    expect(loaded).toEqual(["a"]);
    expect(both[0].model).toBe(both[1].model);
  });

  it("tries again after a loading that failed", async () => {
    const { load } = library();
    const shelf = new ModelShelf<{ name: string; dispose(): void }>(2);
    await expect(shelf.borrow("a", () => Promise.reject(new Error("no network")))).rejects.toThrow("no network");
    expect((await shelf.borrow("a", load("a"))).model.name).toBe("a");
  });
});
