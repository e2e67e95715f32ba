import type { z } from "zod";
import { dpo } from "./methods/dpo";
import { kto } from "./methods/kto";
import type { LearnsFrom, MethodDescription } from "./methods/method-description";
import { orpo } from "./methods/orpo";
import { ppo } from "./methods/ppo";
import { reward } from "./methods/reward";
import { sft } from "./methods/sft";
import { simpo } from "./methods/simpo";

/** A method of any kind, where it does not matter which. */
export type AnyMethod = MethodDescription<z.ZodRawShape, string, LearnsFrom> & { schema: z.ZodObject };

/**
 * Every training method, in the order in which people choose among them. All lists and tables of methods follow from
 * it.
 */
export const methods = { sft, reward, dpo, kto, orpo, simpo, ppo } as const satisfies Record<string, AnyMethod>;

export type Method = keyof typeof methods;
export const METHODS = Object.keys(methods) as [Method, ...Method[]];

/** The methods that learn from records; the others learn from completions that they write themselves. */
export type OfflineMethod = {
  [M in Method]: (typeof methods)[M]["learnsFrom"] extends "prompt" ? never : M;
}[Method];

export const methodOf = (name: Method): AnyMethod => methods[name];

/**
 * Reads the method of a row, which was checked when the row was written.
 * @throws Error where a version of the program that knew more methods has written it
 */
export function asMethod(name: string): Method {
  if (!Object.hasOwn(methods, name)) throw new Error(`There is no training method "${name}" in this version.`);
  return name as Method;
}

/** Finds the method that a file or a row names; undefined for one that is not known here. */
export const methodNamed = (name: string): AnyMethod | undefined =>
  Object.hasOwn(methods, name) ? methods[name as Method] : undefined;
