/** What of a model decides how much memory it takes. */
export interface ModelShape {
  layers: number;
  hiddenSize: number;
  intermediateSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  vocabSize: number;
  tieWordEmbeddings: boolean;
  /** Three matrices in an MLP (Llama) or two (GPT-2). */
  gatedMlp: boolean;
}
