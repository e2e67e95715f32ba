import { ACCESS_ERRORS } from "./error-codes/access";
import { DATASET_ERRORS } from "./error-codes/datasets";
import type { ErrorFacts } from "./error-codes/error-facts";
import { INSTANCE_ERRORS } from "./error-codes/instance";
import { JOB_ERRORS } from "./error-codes/jobs";
import { LABELLING_ERRORS } from "./error-codes/labelling";
import { MODEL_ERRORS } from "./error-codes/models";
import { RUN_ERRORS } from "./error-codes/runs";

/** Every code that a DomainError, or the row of a job, can have. A code that stands in no area's table does not compile. */
const ERRORS = {
  ...ACCESS_ERRORS,
  ...LABELLING_ERRORS,
  ...DATASET_ERRORS,
  ...MODEL_ERRORS,
  ...RUN_ERRORS,
  ...JOB_ERRORS,
  ...INSTANCE_ERRORS,
};

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorFacts>> = ERRORS;

/**
 * The nouns that have a code with this ending, as `export` has `export-finished`: code may put such a code together.
 */
export type NounOf<Ending extends string> = ErrorCode extends infer Code
  ? Code extends `${infer Noun}-${Ending}`
    ? Noun
    : never
  : never;
