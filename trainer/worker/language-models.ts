import type { ModelReference, TextEvent, TextRequest, WriteText } from "@/domain/generations/write-text";
import { createGenerator, type Generator } from "../generation/generate";
import type { LoadProgress } from "../models/fetch-progress";
import { type LoadedModel, loadModel, stopTokenIds } from "../models/load-model";
import { tokenizePrompt } from "../tokenizer/tokenize-example";
import { DeviceTurns } from "./device-turns";
import { ModelShelf } from "./model-shelf";

/** Two panes of a playground. */
const MODELS_KEPT = 2;
/** Completions of background work that are decoded side by side. */
const ROWS_AT_ONCE = 16;

/** A model with its generators: each has one cache and does one thing at a time, so there are as many as are needed. */
interface Writer extends LoadedModel {
  generators: Generator[];
  dispose(): void;
}

/**
 * The language models of this process. `loadBackend()` must have been called.
 * @returns `writeText` for the queue's work, and `dispose`
 */
export function createLanguageModels(): { writeText: WriteText; dispose: () => Promise<void> } {
  const shelf = new ModelShelf<Writer>(MODELS_KEPT);
  const turns = new DeviceTurns();

  async function* writeText(request: TextRequest): AsyncGenerator<TextEvent> {
    const end = request.interactive ? turns.begin() : undefined;
    try {
      const { model, release } = await shelf.borrow(JSON.stringify(request.model), () => loadWriter(request));
      try {
        for await (const event of writeWith(model, request)) {
          if (!request.interactive) await turns.pause();
          yield event;
        }
      } finally {
        await release();
      }
    } finally {
      end?.();
    }
  }

  return { writeText, dispose: () => shelf.dispose() };
}

let loaded = 0;

async function loadWriter({ model, signal, onActivity }: TextRequest): Promise<Writer> {
  const name = `writer-${++loaded}`;
  onActivity("loading the model");
  const parts = await loadModel(model.model, {
    name,
    mergeAdapter: true,
    ...(model.adapter !== undefined && { adapter: model.adapter }),
    onProgress: (progress) => onActivity(describeProgress(progress)),
    signal,
  });
  const generators: Generator[] = [];
  return {
    ...parts,
    generators,
    dispose() {
      for (const generator of generators) generator.dispose();
      parts.model.dispose();
    },
  };
}

export function describeProgress({ message, bytes, totalBytes }: LoadProgress): string {
  const megabytes = (count: number) => Math.round(count / 1e6);
  if (bytes === undefined) return message;
  return `${message}: ${megabytes(bytes)}${totalBytes === undefined ? "" : ` of ${megabytes(totalBytes)}`} MB`;
}

async function* writeWith(writer: Writer, request: TextRequest): AsyncGenerator<TextEvent> {
  const { tokenizer, model } = writer;
  const accepted: { place: number; promptIds: number[]; seed: number }[] = [];
  for (const [place, { messages, seed }] of request.prompts.entries()) {
    const promptIds = tokenizePrompt(writer, messages);
    const room = model.config.maxPositions;
    if (promptIds.length < room) accepted.push({ place, promptIds, seed });
    else yield { type: "refused", prompt: place, reason: tooLong(request.model, promptIds.length, room) };
  }
  const generator = writer.generators.pop() ?? createGenerator(model);
  const decoders = new Map<string, ReturnType<typeof tokenizer.streamDecoder>>();
  const written = new Map<string, number>();
  try {
    const events = generator.generate(accepted, {
      maxTokens: request.maxTokens,
      stopIds: stopTokenIds(writer),
      samples: request.samples,
      temperature: request.temperature,
      topP: request.topP,
      signal: request.signal,
      maxRows: request.interactive ? 1 : ROWS_AT_ONCE,
    });
    for await (const event of events) {
      const prompt = accepted[event.prompt]?.place ?? 0;
      const { sample } = event;
      const key = `${prompt} ${sample}`;
      if (event.kind === "completion") {
        const content = tokenizer.decode(event.ids, { skipSpecialTokens: true });
        yield { type: "completion", prompt, sample, content, tokens: event.ids.length, finish: event.finish };
        continue;
      }
      const decoder = decoders.get(key) ?? tokenizer.streamDecoder({ skipSpecialTokens: true });
      decoders.set(key, decoder);
      const tokens = (written.get(key) ?? 0) + 1;
      written.set(key, tokens);
      yield { type: "text", prompt, sample, text: decoder.push(event.id), tokens };
    }
  } finally {
    writer.generators.push(generator);
  }
}

const tooLong = ({ model }: ModelReference, tokens: number, room: number) =>
  `the prompt has ${tokens} tokens, which leaves no room in the context of ${model} (${room} tokens)`;
