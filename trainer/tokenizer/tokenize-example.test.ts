import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Message } from "@/domain/messages";
import { readTokenizer } from "../checkpoints/model-folder";
import { tokenizeExample, tokenizePrompt } from "./tokenize-example";

const chat = await readTokenizer(path.join(import.meta.dirname, "../fixtures/goldens/llama"));
const { tokenizer } = chat;
const prompt: Message[] = [{ role: "user", content: "What goes up?" }];
const completion: Message[] = [{ role: "assistant", content: "The level goes up." }];

describe("tokenizeExample", () => {
  it("splits the template's text into prompt and completion, the end of turn and what follows included", () => {
    const { promptIds, completionIds } = tokenizeExample(chat, { prompt, completion });
    expect(tokenizer.decode(promptIds)).toBe("<|im_start|>user\nWhat goes up?<|im_end|>\n<|im_start|>assistant\n");
    expect(tokenizer.decode(completionIds)).toBe("The level goes up.<|im_end|>\n");
    expect(completionIds.at(-2)).toBe(tokenizer.eosTokenId);
    expect(promptIds).toEqual(tokenizePrompt(chat, prompt));
  });

  it("gives a token that reaches over the border to the completion", () => {
    const plain = { tokenizer, chatTemplate: "{% for m in messages %}{{ m.content }}{% endfor %}" };
    const halves = {
      prompt: [{ role: "user", content: "The w" }],
      completion: [{ role: "assistant", content: "ater" }],
    };
    const { promptIds, completionIds } = tokenizeExample(plain, halves as { prompt: Message[]; completion: Message[] });
    expect(promptIds.length).toBeLessThan(tokenizer.encode("The w").length);
    expect([...promptIds, ...completionIds]).toEqual(tokenizer.encode("The water"));
  });

  it("keeps to the full text where the template writes the prompt differently in it", () => {
    const chatTemplate =
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<think>{% endif %}";
    const { promptIds, completionIds } = tokenizeExample({ tokenizer, chatTemplate }, { prompt, completion });
    expect(tokenizer.decode([...promptIds, ...completionIds])).toBe("<user>What goes up?<assistant>The level goes up.");
    expect(tokenizer.decode(promptIds)).toBe("<user>What goes up?<");
  });
});
