import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Message } from "@/domain/messages";
import { readTokenizer } from "../file-formats/model-folder";
import { assistantTurns, tokenizeExample, tokenizePrompt } from "./tokenize-example";

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

describe("a completion that was cut", () => {
  const templates = {
    "the model's own": chat.chatTemplate,
    "one that trims": "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</s>{% endfor %}",
    "one without an end": "{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}",
    "one that ends as the text does": "{% for m in messages %}{{ m.content }}x{% endfor %}",
    "one that ends the conversation": "{% for m in messages %}[{{ m.content }}]{% endfor %}That is all.",
    "one that looks at the text": "{% for m in messages %}{{ '!' if 'x' in m.content }}{{ m.content }};{% endfor %}",
  };

  it.each(Object.entries(templates))("ends with its text under %s", (_, chatTemplate) => {
    for (const content of ["The level goes", "The level goes ", "Fax", "Ends with [x", "Zwölf 🐙", "<|im_end|>"]) {
      const example = { prompt, completion: [{ role: "assistant" as const, content }] };
      const cut = tokenizeExample({ tokenizer, chatTemplate }, { ...example, finished: false });
      const whole = tokenizeExample({ tokenizer, chatTemplate }, example);
      const written = tokenizer.decode([...cut.promptIds, ...cut.completionIds]);
      const text = chatTemplate?.includes("trim") ? content.trim() : content;
      expect(written.endsWith(text)).toBe(true);
      expect(tokenizer.decode([...whole.promptIds, ...whole.completionIds]).startsWith(written)).toBe(true);
    }
  });

  it("has the tokens of the whole one less those of the end of turn, after the same prompt", () => {
    const whole = tokenizeExample(chat, { prompt, completion });
    const cut = tokenizeExample(chat, { prompt, completion, finished: false });
    expect(cut.promptIds).toEqual(whole.promptIds);
    expect(cut.completionIds).toEqual(whole.completionIds.slice(0, -2));
    expect(tokenizeExample(chat, { prompt, completion, finished: true })).toEqual(whole);
  });

  it("is the last turn alone: a conversation's earlier answers keep their ends", () => {
    const conversation: Message[] = [...prompt, ...completion, { role: "user", content: "And down?" }, ...completion];
    const turns = assistantTurns(chat, conversation, { finished: false });
    const cut = tokenizeExample(chat, {
      prompt: conversation.slice(0, -1),
      completion: conversation.slice(-1),
      finished: false,
    });
    const ids = [...cut.promptIds, ...cut.completionIds];
    expect(turns.map(({ start, end }) => tokenizer.decode(ids.slice(start, end)))).toEqual([
      "The level goes up.<|im_end|>\n",
      "The level goes up.",
    ]);
    expect(turns.at(-1)?.end).toBe(ids.length);
  });
});

describe("assistantTurns", () => {
  const conversation: Message[] = [
    { role: "system", content: "Be brief." },
    ...prompt,
    ...completion,
    { role: "user", content: "And down?" },
    { role: "assistant", content: "Water." },
  ];

  it("finds every turn with its end, the last as the completion of the whole", () => {
    const whole = tokenizeExample(chat, { prompt: conversation.slice(0, -1), completion: conversation.slice(-1) });
    const ids = [...whole.promptIds, ...whole.completionIds];
    const turns = assistantTurns(chat, conversation);
    expect(turns.map(({ start, end }) => tokenizer.decode(ids.slice(start, end)))).toEqual([
      "The level goes up.<|im_end|>\n",
      "Water.<|im_end|>\n",
    ]);
    expect(turns.at(-1)).toEqual({ start: whole.promptIds.length, end: ids.length });
  });

  it("refuses a template that rewrites what was said", () => {
    const chatTemplate =
      "{% for m in messages %}{% if loop.last %}{{ m.content }}{% else %}({{ m.role }}){% endif %}{% endfor %}";
    expect(() => assistantTurns({ tokenizer, chatTemplate }, conversation)).toThrow(/turn 3 differently/);
  });
});
