import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Message } from "@/domain/messages";
import { readTokenizer } from "../file-formats/model-folder";
import { goldensFolder } from "../fixtures/goldens";
import { renderChat } from "./chat-template";
import { prepareTemplate } from "./prepare-template";

const { tokenizer } = await readTokenizer(path.join(goldensFolder, "llama"));
const turn = "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n";
const opening = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
const turns = `{% for m in messages %}${turn}{% endfor %}${opening}`;
const prepared = (template: string) => prepareTemplate(template, tokenizer);

describe("prepareTemplate", () => {
  it("says nothing of an ordinary template, whose end of turn it finds", () => {
    expect(prepared(turns)).toEqual({
      chatTemplate: turns,
      endOfTurnId: tokenizer.tokenToId("<|im_end|>"),
      defaultSystemText: null,
      notices: [],
    });
    expect(prepareTemplate(null, tokenizer)).toEqual({
      chatTemplate: null,
      endOfTurnId: null,
      defaultSystemText: null,
      notices: [],
    });
  });

  it("says that dates are fixed", () => {
    expect(prepared(`{{ strftime_now('%d %B %Y') }}${turns}`).notices).toEqual([
      "its chat template asks for the date and is always given 26 July 2024, so that a text is the same on every day",
    ]);
  });

  it("finds no end of turn where an answer ends in plain text", () => {
    const plain = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";
    expect(prepared(`${plain}{% if add_generation_prompt %}assistant: {% endif %}`).endOfTurnId).toBeNull();
  });

  it.each([
    [
      "a system turn that the template adds",
      "{% if messages[0].role != 'system' %}<|im_start|>system\nYou are Polly, a parrot.<|im_end|>\n{% endif %}",
      "You are Polly, a parrot.",
    ],
    ["a date before everything", "{{ 'Today is ' ~ strftime_now('%Y') ~ '.' }}\n", "Today is 2024."],
    ["a beginning of sequence alone", "<|endoftext|>", null],
    ["an empty system turn", "<|im_start|>system\n<|im_end|>\n", null],
  ])("tells %s from what every turn has", (_, lead, text) => {
    expect(prepared(lead + turns).defaultSystemText).toBe(text);
  });

  it("says that a template refuses system turns, in its own words, or leaves them out", () => {
    const refusing = `{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}${turns}`;
    expect(prepared(refusing).notices).toEqual([
      "its chat template refuses system turns (System role not supported): prompts that have one are left out, by line",
    ]);
    const deaf = `{% for m in messages %}{% if m.role != 'system' %}${turn}{% endif %}{% endfor %}${opening}`;
    expect(prepared(deaf).notices).toEqual([
      "its chat template leaves system turns out: what they say never reaches the model",
    ]);
  });

  it("says that a template cuts white space", () => {
    expect(prepared(turns.replace("m.content", "m.content | trim")).notices).toEqual([
      "its chat template cuts white space off both ends of each text, so that none of it is learned there",
    ]);
  });

  it("claims nothing of a template that refuses every conversation", () => {
    expect(prepared("{{ raise_exception('not today') }}")).toMatchObject({ endOfTurnId: null, notices: [] });
  });
});

describe("renderChat as transformers renders", () => {
  const messages: Message[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello" },
  ];

  it("writes what a generation block holds, and nothing of the block", () => {
    const template =
      "{% for m in messages %}{% if m.role == 'assistant' %}[{% generation %}{{ m.content }}{% endgeneration %}]{% else %}<{{ m.content }}>{% endif %}{% endfor %}";
    expect(renderChat(template, messages)).toBe("<Hi>[Hello]");
  });

  it.each([
    ["lstrip('\\n')", "\n\n  a b \n", "  a b \n"],
    ["rstrip('\\n')", "\n  a b \n\n", "\n  a b "],
    ["strip('\\n')", "\n  a \n b \n", "  a \n b "],
    ["strip('xy')", "xyyzxzy", "zxz"],
    ["split('</think>')[-1].lstrip('\\n')", "<think>b</think>\n\n a", " a"],
    ["strip()", "\n  a b \n", "a b"],
    ["strip('\\n').strip(' ')", "\n a \n", "a"],
  ])("takes the characters off that %s names, as Python does", (call, content, wanted) => {
    const template = `[{{ messages[0].content.${call} }}]`;
    expect(renderChat(template, [{ role: "user", content }])).toBe(`[${wanted}]`);
  });

  it("gives a template that knows tools none of them", () => {
    const template =
      "{% if tools is not none %}tools{% endif %}{% if tools %}more{% endif %}{% if documents is not none %}documents{% endif %}{{ messages | length }}";
    expect(renderChat(template, messages)).toBe("2");
  });
});
