import { DomainError } from "@/domain/errors";
import type { EvaluateModel, EvaluationRequest } from "@/domain/evaluation/evaluate-model";
import { suiteOf } from "@/domain/evaluation/suites";
import type { ModelReference, TextEvent, TextRequest, WriteText } from "@/domain/generations/write-text";
import type { ScoreCompletions, ScoreEvent, ScoreRequest } from "@/domain/scores/score-completions";
import { evaluateCapability } from "../evaluation/evaluate-capability";
import { loadRewardModels, type RewardModels, summariseMembers } from "../evaluation/load-reward-models";
import { scoreRewards, sequenceProblem } from "../evaluation/score-sequences";
import { readEnsemble } from "../file-formats/ensemble-folder";
import { createGenerator, type Generator } from "../generation/generate";
import type { LoadProgress } from "../models/fetch-progress";
import { type LoadedModel, loadModel, stopTokenIds } from "../models/load-model";
import { describeRefusal, orRefusal } from "../tokenizer/text-refusal";
import { type TokenizedExample, tokenizeExample, tokenizePrompt } from "../tokenizer/tokenize-example";
import { DeviceTurns } from "./device-turns";
import { ModelShelf } from "./model-shelf";

/** The number of models kept: for two panes of a playground, and the reward model that scores them. */
const MODELS_KEPT = 3;
/** The number of completions of background work that are decoded side by side. */
const ROWS_AT_ONCE = 16;

type Common = Pick<TextRequest, "model" | "interactive" | "signal" | "onActivity">;

/**
 * A model with its generators. A generator has one cache and does one thing at a time, so there are as many as are
 * needed.
 */
interface Writer extends LoadedModel {
  generators: Generator[];
  /** The reward models of an ensemble whose first member is this model. */
  ensemble: RewardModels | null;
  dispose(): void;
}

/**
 * The language models of this process. `loadBackend()` must have been called.
 * @returns `writeText`, `scoreCompletions` and `evaluateModel` for the queue's work, and `dispose`
 */
export function createLanguageModels(): {
  writeText: WriteText;
  scoreCompletions: ScoreCompletions;
  evaluateModel: EvaluateModel;
  dispose: () => Promise<void>;
} {
  const shelf = new ModelShelf<Writer>(MODELS_KEPT);
  const turns = new DeviceTurns();

  /** Does a request with its model; background work steps aside at each event as long as a person waits. */
  async function* take<Request extends Common, Event>(
    request: Request,
    work: (writer: Writer, request: Request) => AsyncIterable<Event>,
  ): AsyncGenerator<Event> {
    const end = request.interactive ? turns.begin() : undefined;
    try {
      const { model, release } = await shelf.borrow(JSON.stringify(request.model), () => loadWriter(request));
      try {
        for await (const event of work(model, request)) {
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

  return {
    writeText: (request) => take(request, writeWith),
    scoreCompletions: (request) => take(request, scoreWith),
    evaluateModel: (request) => take({ ...request, interactive: false }, evaluateWith),
    dispose: () => shelf.dispose(),
  };
}

let loaded = 0;

async function loadWriter({ model, signal, onActivity }: Common): Promise<Writer> {
  const name = `writer-${++loaded}`;
  onActivity("loading the model");
  const options = { name, onProgress: (progress: LoadProgress) => onActivity(describeProgress(progress)), signal };
  if (await readEnsemble(model.adapter ?? model.model)) {
    const ensemble = await loadRewardModels([model], options);
    return { ...ensemble.first, generators: [], ensemble, dispose: ensemble.dispose };
  }
  const adapter = model.adapter === undefined ? {} : { adapter: model.adapter };
  const parts = await loadModel(model.model, { ...options, mergeAdapter: true, ...adapter });
  const generators: Generator[] = [];
  return {
    ...parts,
    generators,
    ensemble: null,
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
    const { result: promptIds, refusal } = orRefusal(() => tokenizePrompt(writer, messages));
    const room = model.config.maxPositions;
    if (refusal) yield { type: "refused", prompt: place, code: "prompt-refused", reason: describeRefusal(refusal) };
    else if (promptIds.length < room) accepted.push({ place, promptIds, seed });
    else {
      const reason = tooLong(request.model, promptIds.length, room);
      yield { type: "refused", prompt: place, code: "prompt-too-long", reason };
    }
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
        const text = tokenizer.decode(event.ids, { skipSpecialTokens: true });
        // The token limit may fall inside a character, which can't be read or learned and is therefore dropped.
        const content = event.finish === "stop" ? text : text.replace(/\uFFFD+$/u, "");
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

/** The number of completions that are scored before the background work looks again whether somebody waits. */
const SCORES_AT_ONCE = 8;

async function* scoreWith(scorer: Writer, { completions, signal, model }: ScoreRequest): AsyncGenerator<ScoreEvent> {
  if (!scorer.model.hasRewardHead)
    throw new DomainError("model-scores-nothing", `${model.model}: it has no reward head, so it scores nothing`);
  const accepted: { place: number; sequence: TokenizedExample }[] = [];
  for (const [place, { prompt, content, finished }] of completions.entries()) {
    const completion = [{ role: "assistant" as const, content }];
    const { result: sequence, refusal } = orRefusal(() => tokenizeExample(scorer, { prompt, completion, finished }));
    if (refusal) {
      yield { type: "refused", completion: place, reason: describeRefusal(refusal) };
      continue;
    }
    const reason = sequenceProblem(scorer.model, [...sequence.promptIds, ...sequence.completionIds]);
    if (reason) yield { type: "refused", completion: place, reason };
    else accepted.push({ place, sequence });
  }
  for (let from = 0; from < accepted.length; from += SCORES_AT_ONCE) {
    signal.throwIfAborted();
    const batch = accepted.slice(from, from + SCORES_AT_ONCE);
    const scores = await scoresOf(
      scorer,
      batch.map(({ sequence }) => sequence),
    );
    for (const [i, { place }] of batch.entries()) {
      const score = scores[i];
      if (score === undefined || !Number.isFinite(score))
        throw new DomainError("non-finite-score", `${model.model}: the score of a completion is ${score}`);
      yield { type: "score", completion: place, score };
    }
  }
}

/** An ensemble's score is its members' mean. */
async function scoresOf({ ensemble, model }: Writer, sequences: TokenizedExample[]): Promise<number[]> {
  if (!ensemble) return scoreRewards(model, sequences);
  const members = await ensemble.scoreSequences(sequences);
  return sequences.map((_, index) => summariseMembers(members.map((scores) => scores[index] as number)).mean);
}

async function* evaluateWith(writer: Writer, { suites, signal }: EvaluationRequest) {
  for (const name of suites) {
    signal.throwIfAborted();
    yield await evaluateCapability(writer, suiteOf(name));
  }
}

const tooLong = ({ model }: ModelReference, tokens: number, room: number) =>
  `the prompt has ${tokens} tokens, which leaves no room in the context of ${model} (${room} tokens)`;
