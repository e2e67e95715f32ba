import { Fault } from "../fault";
import { isObject } from "../is-object";
import { hasValue } from "../row-fields";
import type { Format } from "./format";

/** Reads OpenAI's file for preference fine-tuning, where `input` is a request or, with Azure's tools, its messages alone. */
export const openAiPreferences: Format = {
  name: "OpenAI preference pairs",
  matches: (row) => row.has("preferred_output") && row.has("non_preferred_output"),
  read(row) {
    const input = row.take("input")?.value;
    const { messages, ...others } = isObject(input) ? input : { messages: input };
    if (!hasValue(messages)) throw new Fault("input.messages", "is missing");
    for (const [key, value] of Object.entries(others)) if (hasValue(value)) row.ignore(`input.${key}`);
    return {
      parts: {
        prompt: { field: "input.messages", value: messages },
        chosen: row.take("preferred_output"),
        rejected: row.take("non_preferred_output"),
      },
    };
  },
};
