import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";

export const ADDRESS_HEADER: string;
export function readTrustedProxies(text?: string): BlockList;
export function addressOf(
  peer: string | undefined,
  forwardedFor: string | string[] | undefined,
  proxies: BlockList,
): string;
export function stampAddress(request: IncomingMessage, proxies: BlockList): void;
