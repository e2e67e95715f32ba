import { expect, it } from "vitest";
import { addTurn, demonstrationOf, EMPTY_DEMONSTRATION, editTurn, removeTurn } from "./demonstration-answer";

const written = { ...EMPTY_DEMONSTRATION, content: "First." };

it("is complete with an answer alone", () => {
  expect(demonstrationOf(EMPTY_DEMONSTRATION, [])).toEqual({ missing: "Write the answer" });
  expect(demonstrationOf(written, [])).toMatchObject({ demonstration: { content: "First.", turns: [] } });
});

it("alternates turns and wants none empty", () => {
  const two = { ...addTurn(written), content: "Second." };
  expect(demonstrationOf(two, [])).toEqual({ missing: "a turn is empty" });
  const asked = editTurn(two, 1, "And then?");
  expect(demonstrationOf(asked, [])).toMatchObject({
    demonstration: {
      turns: [
        { role: "assistant", content: "First." },
        { role: "user", content: "And then?" },
      ],
      content: "Second.",
    },
  });
});

it("takes a turn back without losing what was written", () => {
  expect(removeTurn(addTurn(written))).toEqual(written);
  expect(removeTurn({ ...addTurn(written), content: "Second." }).content).toBe("Second.");
  expect(removeTurn(written)).toBe(written);
});
