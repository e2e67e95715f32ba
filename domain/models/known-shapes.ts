import type { ModelShape } from "../runs/model-shape";

/** The shapes of the catalogue's bases, whose files only the trainer reads. */
export const KNOWN_SHAPES: Readonly<Record<string, ModelShape>> = {
  "smollm2-135m-instruct": {
    layers: 30,
    hiddenSize: 576,
    intermediateSize: 1536,
    heads: 9,
    keyValueHeads: 3,
    headDim: 64,
    vocabSize: 49_152,
    tieWordEmbeddings: true,
    gatedMlp: true,
  },
  tiny: {
    layers: 2,
    hiddenSize: 64,
    intermediateSize: 128,
    heads: 4,
    keyValueHeads: 2,
    headDim: 16,
    vocabSize: 512,
    tieWordEmbeddings: false,
    gatedMlp: true,
  },
};
