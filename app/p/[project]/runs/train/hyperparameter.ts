import type { Outputs } from "@/app/trpc-client";

/** A field of the form of a method, as the server describes it. */
export type Hyperparameter = Outputs["runs"]["sheet"]["configuration"][number];

export type OverrideValue = number | string | boolean;

/** What a person set otherwise than the default, by the key of its field. */
export type Overrides = Record<string, OverrideValue>;
