import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { scoreSequences } from "../evaluation/score-sequences";
import { readGolden } from "../fixtures/goldens";
import { generateAll } from "../generation/generate";
import { DEFAULT_MODEL } from "./catalogue";
import { type LoadedModel, loadModel, stopTokenIds } from "./load-model";
import { packRows, toPackedTensors } from "./packing";

interface SmolGolden {
  question: string;
  text: string;
  ids: number[];
  top_ids: number[];
  top_logits: number[];
  logprob_sum: number;
  greedy: number[];
  greedy_text: string;
}

/**
 * Compares the default base, read from its GGUF, with transformers on the same file. Fetches the model if it is not
 * cached.
 */
describe("SmolLM2-135M-Instruct", () => {
  let loaded: LoadedModel;
  let goldens: SmolGolden[];
  beforeAll(async () => {
    await loadBackend();
    goldens = await readGolden("smollm2-forward.json");
    loaded = await loadModel(DEFAULT_MODEL);
  });

  it("tokenizes the goldens' texts to their ids", () => {
    for (const { text, ids } of goldens) expect(loaded.tokenizer.encode(text)).toEqual(ids);
  });

  it("gives their log-prob sums and last logits", async () => {
    const sequences = goldens.map(({ ids }) => ({ promptIds: ids.slice(0, 1), completionIds: ids.slice(1) }));
    const scored = await scoreSequences(loaded.model, sequences);
    goldens.forEach(({ logprob_sum }, i) => {
      const sum = scored[i]!.reduce((total, value) => total + value, 0);
      expect(Math.abs(sum / logprob_sum - 1)).toBeLessThan(1e-4);
    });
    const batch = packRows(goldens);
    const last = goldens.map(({ ids }, row) => batch.offsets[row]! + ids.length - 1);
    tf.tidy(() => {
      const hidden = loaded.model.hiddenStates(toPackedTensors(batch), { adapter: false });
      const logits = loaded.model.logits(tf.gather(hidden, tf.tensor1d(last, "int32"))).arraySync();
      goldens.forEach(({ top_ids, top_logits }, row) => {
        for (const [i, id] of top_ids.entries())
          expect(Math.abs(logits[row]![id]! - top_logits[i]!)).toBeLessThan(5e-3);
      });
    });
  });

  it("continues greedily token for token", async () => {
    const requests = goldens.map(({ ids }) => ({ promptIds: ids }));
    const maxTokens = Math.max(...goldens.map(({ greedy }) => greedy.length));
    const completions = await generateAll(loaded.model, requests, {
      maxTokens,
      stopIds: stopTokenIds(loaded),
      greedy: true,
    });
    goldens.forEach(({ greedy, greedy_text }, i) => {
      expect(completions[i]!.ids.slice(0, greedy.length)).toEqual(greedy);
      expect(loaded.tokenizer.decode(greedy)).toBe(greedy_text);
    });
  });
});
