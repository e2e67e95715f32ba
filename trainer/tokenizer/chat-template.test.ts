import { describe, expect, it } from "vitest";
import type { Message } from "@/domain/messages";
import { renderChat } from "./chat-template";

const messages: Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
];
const failing = (template: string) => () => renderChat(template, messages);

describe("renderChat", () => {
  it("writes turns, the generation prompt and special tokens, with blocks trimmed as transformers does", () => {
    const template =
      "{{ bos_token }}{% for message in messages %}\n  {% if message.role != 'system' %}\n[{{ message['role'] | upper }}] " +
      "{{ message.content }}\n  {% endif %}\n{% endfor %}\n{% if add_generation_prompt %}[ASSISTANT]{% endif %}";
    const specialTokens = { bos_token: "<s>" };
    expect(renderChat(template, messages, { addGenerationPrompt: true, specialTokens })).toBe(
      "<s>[USER] Hi\n[ASSISTANT]",
    );
    expect(renderChat(template, messages, { specialTokens })).toBe("<s>[USER] Hi\n");
  });

  it("says that a template is missing", () => {
    expect(() => renderChat(null, messages)).toThrow("The model has no chat template");
  });

  it("passes on what the template complains of", () => {
    expect(failing("{{ raise_exception('Roles must alternate') }}")).toThrow(
      "The chat template failed: Roles must alternate",
    );
    expect(failing("{% for x in %}")).toThrow("The chat template failed:");
  });

  it.each([
    ["a loop without an end", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps"],
    ["a huge range", "{{ range(1000000000) | length }}", "range() of more than"],
    ["a range without a step", "{{ range(0, 10, 0) | length }}", "range() of more than"],
    [
      "text that grows",
      "{% set n = namespace(t='xxxx') %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
      "characters",
    ],
  ])("stops %s", (_, template, message) => {
    expect(failing(template)).toThrow(`The chat template failed: `);
    expect(failing(template)).toThrow(message);
  });

  it.each([
    "{{ ''.constructor }}",
    "{{ messages.constructor }}",
    "{{ messages.__proto__ }}",
    "{{ range.constructor }}",
    "{{ process }}",
    "{{ globalThis }}",
    "{{ strftime_now.constructor }}",
  ])("gives a template no way out: %s", (template) => {
    // Unknown names and attributes are undefined and print as nothing; no JavaScript object is ever reached.
    expect(["", "undefined", "false"]).toContain(renderChat(template, messages));
  });

  it("gives templates that ask for the date one and the same", () => {
    const asked = "{{ strftime_now('%d %B %Y|%-d %b %y|%A %j %H:%M %p 100%%') }}";
    expect(renderChat(asked, messages)).toBe("26 July 2024|26 Jul 24|Friday 208 00:00 AM 100%");
    expect(failing("{{ strftime_now('%Q') }}")).toThrow("strftime_now('%Q'): %Q is not known");
  });
});
