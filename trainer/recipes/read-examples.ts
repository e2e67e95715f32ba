import { DomainError } from "@/domain/errors";
import type { RunConfig } from "@/domain/runs/run-config";
import type { RunLedger } from "@/domain/runs/run-events";
import { type Dataset, readDataset } from "../data/read-dataset";
import { RECORD_KIND, type RecordKind, type RecordsOf } from "../data/records";
import { LeftOutCounter, type TokenizeExample } from "../data/tokenize-dataset";
import { tokenizeExample } from "../tokenizer/tokenize-example";
import type { Policy } from "./policy";

/** A training run on fewer examples than this teaches nothing but the examples themselves. */
const FEWEST_EXAMPLES = 2;

export type Examples<Example> = { train: Example[]; validation: Example[]; ledger: RunLedger };

/**
 * The records of the run's dataset. Cheap, so that a bad file is told before a model is loaded.
 *
 * @throws DomainError `dataset-invalid`, naming file, line and key
 */
export async function readRecords<Kind extends RecordKind>(config: RunConfig, kind: Kind): Promise<Dataset<Kind>> {
  const dataset = await readDataset(kind, config.dataset, config.validationDataset);
  requireEnough(dataset.train.length, config, kind, `${config.dataset} holds ${dataset.records} records`);
  return dataset;
}

/** Tokenizes them, drops what does not fit, and says in the ledger where every record went. */
export function tokenizeRecords<Kind extends RecordKind, Example>(
  dataset: Dataset<Kind>,
  config: RunConfig,
  policy: Policy,
  tokenizeAll: (
    records: RecordsOf[Kind][],
    tokenize: TokenizeExample,
    maxLength: number,
    leftOut: LeftOutCounter,
  ) => Example[],
): Examples<Example> {
  const leftOut = new LeftOutCounter();
  for (const place of dataset.test) leftOut.add("testSplit", place);
  const tokenize: TokenizeExample = (example) => tokenizeExample(policy.chat, example);
  // The model has no positions beyond its context, whatever maxLength asks for.
  const maxLength = Math.min(config.maxLength, policy.model.config.maxPositions);
  const train = tokenizeAll(dataset.train, tokenize, maxLength, leftOut);
  const validation = tokenizeAll(dataset.validation, tokenize, maxLength, leftOut);
  const ledger: RunLedger = {
    dataset: config.dataset,
    records: dataset.records,
    train: train.length,
    validation: validation.length,
    leftOut: leftOut.list(),
  };
  const reasons = ledger.leftOut.map(({ count, message }) => `${count} ${message}`).join(", ");
  const kind = RECORD_KIND[config.method];
  requireEnough(train.length, config, kind, `of ${dataset.records} records ${reasons || "all others"} were left out`);
  return { train, validation, ledger };
}

function requireEnough(examples: number, config: RunConfig, kind: RecordKind, because: string): void {
  if (examples >= FEWEST_EXAMPLES) return;
  const noun = { preference: "preference pairs", demonstration: "demonstrations", unpaired: "rated completions" }[kind];
  const message = `Too few labels: method ${config.method} needs at least ${FEWEST_EXAMPLES} ${noun} to train on, and there ${examples === 1 ? "is 1" : `are ${examples}`} (${because}).`;
  throw new DomainError("too-few-labels", message);
}
