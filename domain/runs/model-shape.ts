/** The sizes of a model that decide how much memory it takes. */
export interface ModelShape {
  layers: number;
  hiddenSize: number;
  intermediateSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  vocabSize: number;
  tieWordEmbeddings: boolean;
  /** The number of matrices in an MLP: three (Llama) or two (GPT-2). */
  gatedMlp: boolean;
}
