import { limitFailures } from "./limit-attempts";

/**
 * Does what a link is for. Failures are counted by address, good uses are not: a class of sixty that opens sixty links is
 * welcome. Tokens can't be guessed; the limit is against noise and the cost of hashing.
 * @throws DomainError `too-many-attempts`
 */
export const limitTokenUse = <T>({ address = "direct" }: { address?: string }, use: () => Promise<T>): Promise<T> =>
  limitFailures([{ key: ["link from an address", address], attempts: 60, seconds: 60 }], use);
