import { DomainError } from "@/domain/errors";
/** Placeholder while the skeleton is being filled in. */
export const notBuilt = (what: string): never => {
  throw new DomainError("not-built", `${what} is not built yet`);
};
