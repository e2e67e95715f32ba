import { expect, it } from "vitest";
import { controlTokensOf } from "./control-tokens";

it("lists the special tokens of a tokenizer, and its start and end, but none as short as ordinary text", () => {
  const added_tokens = [
    { id: 0, content: "[TURN]", special: true },
    { id: 1, content: "  ", special: true },
    { id: 2, content: "lorem", special: false },
  ];
  const files = { tokenizer: { added_tokens }, config: {} };
  expect(controlTokensOf({ files, specialTokens: { eos_token: "[TURN]", bos_token: "<go>" } })).toEqual([
    "[TURN]",
    "<go>",
  ]);
});
