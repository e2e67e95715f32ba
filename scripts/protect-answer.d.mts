import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

export function protectAnswer(response: ServerResponse, options: { isHttps: boolean }): void;
export function refuseBrokenRequest(error: Error & { code?: string }, socket: Duplex): void;
