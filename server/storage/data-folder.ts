import path from "node:path";
import { DomainError } from "@/domain/errors";
import { settings } from "../settings";

/**
 * Makes the absolute path of something that a row names relative to the instance's data folder.
 * @throws DomainError `path-invalid` where it would lead out of that folder
 */
export function dataPath(...parts: string[]): string {
  const root = settings().dataFolder;
  const place = path.resolve(root, ...parts);
  if (place !== root && !place.startsWith(root + path.sep))
    throw new DomainError("path-invalid", `${parts.join("/")} leads out of the data folder`);
  return place;
}
