import type { CapabilitySuite } from "./capability-suite";
import { codingSuite } from "./coding-suite";
import { mathSuite } from "./math-suite";
import { reasoningSuite } from "./reasoning-suite";

/** The suites by name. One that is added here is known to the command line, the site and training. */
export const CAPABILITY_SUITES = { math: mathSuite, coding: codingSuite, reasoning: reasoningSuite } as const;
export type SuiteName = keyof typeof CAPABILITY_SUITES;
export const SUITE_NAMES = Object.keys(CAPABILITY_SUITES) as [SuiteName, ...SuiteName[]];
export const suiteOf = (name: SuiteName): CapabilitySuite => CAPABILITY_SUITES[name];
