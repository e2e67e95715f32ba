import type { Template } from "@huggingface/jinja";
import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { DomainError } from "@/domain/errors";
import type { Message } from "@/domain/messages";
import { reasonOf } from "../file-formats/file-errors";
import { formatDate } from "./format-date";
import { stripNamedCharacters } from "./strip-characters";

export interface RenderOptions {
  /** Ends the text with the opening of the assistant's turn, so that a model goes on with its answer. */
  addGenerationPrompt?: boolean;
  /** `bos_token`, `eos_token` …, for templates that write them. */
  specialTokens?: Record<string, string>;
}

type Program = Template["parsed"];
type Statement = Parameters<Interpreter["evaluate"]>[0];
type RuntimeValue = ReturnType<Interpreter["evaluate"]>;

/** The date that the templates of Llama 3.1 and later fall back to. */
const FIXED_DATE = new Date(Date.UTC(2024, 6, 26));
export const FIXED_DATE_TEXT = formatDate(FIXED_DATE, "%-d %B %Y");

const RANGE_LIMIT = 10_000;
const programs = new Map<string, Program>();

/**
 * Writes messages as the text that a model was trained on.
 * A template comes with a model folder and is not trusted: it runs in an interpreter that reaches nothing but its
 * arguments, with its steps and the text it handles bounded by the size of the messages.
 * @throws DomainError `chat-template-missing`, `chat-template-failed`
 */
export function renderChat(template: string | null, messages: readonly Message[], options: RenderOptions = {}): string {
  if (!template) {
    throw new DomainError(
      "chat-template-missing",
      "The model has no chat template, so messages cannot be written as text; add chat_template.jinja to its folder",
    );
  }
  const characters = messages.reduce((sum, { content }) => sum + content.length, template.length);
  try {
    const environment = createEnvironment({
      // transformers hands both over as none where a caller has no tools, so that `tools is not none` is false.
      tools: null,
      documents: null,
      ...options.specialTokens,
      messages,
      add_generation_prompt: options.addGenerationPrompt ?? false,
    });
    const limits = { steps: 20_000 + 2_000 * messages.length, characters: 1_000_000 + 100 * characters };
    return String(new BoundedInterpreter(environment, limits).run(parseTemplate(template)).value);
  } catch (error) {
    throw new DomainError("chat-template-failed", `The chat template failed: ${reasonOf(error)}`, undefined, error);
  }
}

/** Parses a template as `transformers` compiles it: a block's own line break and indentation are not text. */
function parseTemplate(template: string): Program {
  let program = programs.get(template);
  if (!program) {
    program = parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
    if (programs.size >= 16) programs.clear();
    programs.set(template, program);
  }
  return program;
}

/** `strftime_now` gives one fixed date, because a conversation has to give the same text on every day. */
function createEnvironment(variables: Record<string, unknown>): Environment {
  const environment = new Environment();
  for (const [name, value] of [
    ["true", true],
    ["false", false],
    ["none", null],
  ] as const) {
    environment.set(name, value);
    environment.set(name[0]!.toUpperCase() + name.slice(1), value);
  }
  environment.set("range", boundedRange);
  environment.set("strftime_now", (format: unknown) => formatDate(FIXED_DATE, String(format)));
  environment.set("raise_exception", (message: unknown) => {
    throw new Error(String(message));
  });
  for (const [name, value] of Object.entries(variables)) environment.set(name, value);
  return environment;
}

function boundedRange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= RANGE_LIMIT)) throw new Error(`range() of more than ${RANGE_LIMIT} numbers`);
  return Array.from({ length }, (_, index) => start + index * step);
}

class BoundedInterpreter extends Interpreter {
  private steps = 0;
  private characters = 0;

  constructor(
    environment: Environment,
    private readonly limits: { steps: number; characters: number },
  ) {
    super(environment);
  }

  override evaluate(statement: Statement, environment: Environment): RuntimeValue {
    this.count(1, 0);
    const stripped = stripNamedCharacters(statement, (part) => this.evaluate(part, environment));
    const result = stripped ?? super.evaluate(statement, environment);
    const { value } = result;
    // Every list passes here before a loop over it, and every text on its way to the output, so their sums bound the
    // work of both.
    if (typeof value === "string") this.count(0, value.length);
    else if (Array.isArray(value)) this.count(value.length, 0);
    else if (value instanceof Map) this.count(value.size, 0);
    return result;
  }

  private count(steps: number, characters: number): void {
    this.steps += steps;
    this.characters += characters;
    if (this.steps > this.limits.steps) throw new Error(`it took more than ${this.limits.steps} steps`);
    if (this.characters > this.limits.characters) {
      throw new Error(`its text exceeds ${this.limits.characters} characters`);
    }
  }
}
