import { readDataset } from "../data/read-dataset";
import { loadBackend } from "../engine/backend";
import { firstRunExcess, productOperations, recordingTimes } from "../engine/compile-statistics";
import { createGenerator } from "../generation/generate";
import type { GenerationOptions, GenerationRequest } from "../generation/types";
import { loadModel } from "../models/load-model";
import { tokenizePrompt } from "../tokenizer/tokenize-example";
import { benchFiles } from "./bench-data";
import { watchOthers } from "./machine-load";
import type { BenchSettings, OwnMeasurement } from "./measurement";
import { ownVersions, peakMemory } from "./own-process";

/**
 * Completes the prompts side by side, each with all its new tokens (no token ends one early), three times: in a fresh
 * process, once more (a prompt's shape is compiled when it comes again), and at full speed. Then completes a single
 * prompt.
 */
export async function measureGeneration(folder: string, settings: BenchSettings): Promise<OwnMeasurement> {
  await loadBackend();
  const { train } = await readDataset("demonstration", benchFiles(folder).prompts);
  const loaded = await loadModel(settings.model, { name: "generating", mergeAdapter: true });
  const requests = train
    .slice(0, settings.prompts)
    .map(({ prompt }) => ({ promptIds: tokenizePrompt(loaded, prompt) }));
  const generator = createGenerator(loaded.model);
  const options: GenerationOptions = {
    maxTokens: settings.newTokens,
    stopIds: [],
    temperature: 1,
    topP: 0.95,
    seed: 1,
  };

  const run = async (some: readonly GenerationRequest[]) => {
    const start = performance.now();
    let first = 0;
    for await (const _ of generator.generate(some, options)) first ||= (performance.now() - start) / 1000;
    return { seconds: (performance.now() - start) / 1000, first };
  };
  const fresh = await run(requests);
  await run(requests);
  const before = insideSeconds();
  const productsBefore = operations();
  const others = watchOthers();
  const steady = await run(requests);
  const othersShare = others();
  const inside = insideSeconds() - before;
  const products = operations() - productsBefore;
  const memory = peakMemory();

  const recordings = [...recordingTimes()];
  const one = requests.slice(0, 1);
  await run(one);
  await run(one);
  const { first: firstTokenSeconds } = await run(one);
  generator.dispose();
  loaded.model.dispose();
  return {
    workload: "generate",
    tokens: settings.prompts * settings.newTokens,
    seconds: steady.seconds,
    endToEndSeconds: fresh.seconds,
    stepSeconds: [steady.seconds],
    peakMemory: memory,
    othersShare,
    versions: ownVersions(),
    compile: {
      recordings: recordings.length,
      recordSeconds: recordings.reduce((sum, { recordSeconds }) => sum + recordSeconds, 0),
      firstRunSeconds: firstRunExcess(recordings),
    },
    insideSeconds: inside,
    productGigaflops: products / 1e9,
    prefillSeconds: steady.first,
    firstTokenSeconds,
  };
}

const insideSeconds = () => recordingTimes().reduce((sum, { runSeconds }) => sum + runSeconds, 0);
const operations = () =>
  recordingTimes().reduce((sum, { runs, products }) => sum + runs * productOperations(products), 0);
