import { z } from "zod";
import { field } from "../field-meaning";

/** Of every preference method that has no likelihood term of its own. */
export const sftMixField = field(z.number().min(0).default(0), {
  title: "SFT mix",
  meaning:
    "Weight of the likelihood of the completions that people preferred (of KTO: the desirable ones), beside the method's own loss. Keeps them from becoming unlikely.",
  group: "method",
  safe: { max: 1, why: "0.1–0.2 holds chosen completions; above 1 the run is SFT with a preference beside it" },
});
