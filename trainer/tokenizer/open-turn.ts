import type { Message } from "@/domain/messages";
import { renderChat } from "./chat-template";

type Rendering = { specialTokens?: Record<string, string> };

/** A template that opens the assistant's turn, and a notice if the opening had to be added. */
export interface OpenedTemplate {
  template: string;
  notice: string | null;
}

/**
 * Adds the missing opening to a template that writes the assistant's turns with a header but never opens one (no
 * `add_generation_prompt`); a model would otherwise learn the header as a part of every answer. The header is found by
 * comparing renderings, and added if it is the same in all of them.
 */
export function openAssistantTurn(template: string, options: Rendering = {}): OpenedTemplate {
  const asIs = { template, notice: null };
  const probes = PROBES.map((probe) => renderProbe(template, probe, options));
  // The template opens the turn, or can't be compared.
  if (probes.some((probe) => probe === null || probe.opens)) return asIs;
  const headers = probes.map((probe) => probe?.header ?? null);
  const [header] = headers;
  // The end of the user's turn opens the assistant's ([/INST]).
  if (headers.every((one) => one?.trim() === "")) return asIs;
  const notice = "its chat template does not open the assistant's turn";
  const unsure = {
    template,
    notice: `${notice}: what the template writes before an answer is learned as a part of it`,
  };
  if (header === null || header === undefined || headers.some((one) => one !== header)) return unsure;
  // The opening is an expression, because unlike a block it takes no white space with it. A template's own last line
  // break is not text.
  const opened = `${template.replace(/\n$/, "")}{{ ${JSON.stringify(header)} if add_generation_prompt else '' }}`;
  const isRight = PROBES.every((probe, index) => {
    const again = renderProbe(opened, probe, options);
    return (
      again?.opens === true && again.open === `${probes[index]?.plain}${header}` && again.plain === probes[index]?.plain
    );
  });
  if (!isRight) return unsure;
  return {
    template: opened,
    notice: `${notice}; ${JSON.stringify(header)}, which comes before every answer, is taken for its opening`,
  };
}

/** The probes have different users and answers, so whatever their renderings have in common is the template's. */
const PROBES = [
  { user: "Name a colour.", answer: "Blue it is." },
  { user: "How many legs has a spider?\nOne number.", answer: "8 legs, and no more." },
];

/**
 * Renders a probe's prompt with and without the opening, and finds what stands between the prompt and the answer; null
 * if the template refuses.
 */
function renderProbe(template: string, { user, answer }: (typeof PROBES)[number], options: Rendering) {
  const prompt: Message[] = [{ role: "user", content: user }];
  try {
    const plain = renderChat(template, prompt, options);
    const open = renderChat(template, prompt, { ...options, addGenerationPrompt: true });
    const full = renderChat(template, [...prompt, { role: "assistant", content: answer }], options);
    const at = full.startsWith(plain) ? full.indexOf(answer, plain.length) : -1;
    return { plain, open, opens: open !== plain, header: at < 0 ? null : full.slice(plain.length, at) };
  } catch {
    return null; // a template that wants other messages is judged by the texts that people give it
  }
}
