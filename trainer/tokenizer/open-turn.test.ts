import { describe, expect, it } from "vitest";
import type { Message } from "@/domain/messages";
import { renderChat } from "./chat-template";
import { openAssistantTurn } from "./open-turn";

const turns = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
const prompt: Message[] = [{ role: "user", content: "Hi" }];
const said = "its chat template does not open the assistant's turn";

describe("openAssistantTurn", () => {
  it.each([
    ["ends in a block", turns],
    ["ends in a line break", `${turns}\n`],
    ["ends in a block that eats white space", turns.replace("{% endfor %}", "{%- endfor -%}\n")],
  ])("gives the opening that it lacks to a template that %s", (_, template) => {
    const { template: opened, notice } = openAssistantTurn(template);
    expect(notice).toMatch(
      /^its chat template does not open the assistant's turn; ".*<\|im_start\|>assistant\\n", which comes/,
    );
    const plain = renderChat(template, prompt);
    const header = notice?.split("; ")[1]?.split(", which")[0] ?? "";
    expect(renderChat(opened, prompt)).toBe(plain);
    expect(renderChat(opened, prompt, { addGenerationPrompt: true })).toBe(plain + JSON.parse(header));
    const answered: Message[] = [...prompt, { role: "assistant", content: "Hello" }];
    const full = renderChat(opened, answered);
    expect(full).toBe(renderChat(template, answered));
    expect(full.startsWith(renderChat(opened, prompt, { addGenerationPrompt: true }))).toBe(true);
  });

  it.each([
    ["opens it", `${turns}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`],
    [
      "closes the user's turn with what opens the answer",
      "{% for m in messages %}{{ '[INST] ' + m.content + ' [/INST]' if m.role == 'user' else ' ' + m.content + '</s>' }}{% endfor %}",
    ],
    ["refuses a lonely user", "{{ raise_exception('a system turn comes first') }}"],
  ])("leaves a template alone that %s", (_, template) => {
    expect(openAssistantTurn(template)).toEqual({ template, notice: null });
  });

  it("warns where the header is not the same before every answer", () => {
    const counting =
      "{% for m in messages %}<{{ m.role }} {{ messages[0].content | length }}>{{ m.content }}{% endfor %}";
    const { template, notice } = openAssistantTurn(counting);
    expect(template).toBe(counting);
    expect(notice).toBe(`${said}: what the template writes before an answer is learned as a part of it`);
  });
});
