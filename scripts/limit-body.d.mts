import type { IncomingMessage, ServerResponse } from "node:http";

export function createBodyGate(limits?: {
  allBytes?: number;
  bodyMilliseconds?: number;
}): (request: IncomingMessage, response: ServerResponse) => boolean;
