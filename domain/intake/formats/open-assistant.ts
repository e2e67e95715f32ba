import { MAX_RANKED_COMPLETIONS } from "../../labels/ranking";
import { Fault } from "../fault";
import { isObject } from "../is-object";
import type { IntakeItem } from "../items";
import { hasValue, type RowFields } from "../row-fields";
import { checkedText, type Turn } from "../turns";
import { denseRanks } from "./dense-ranks";
import type { Format } from "./format";

type Item = Pick<IntakeItem, "prompt" | "said">;

/**
 * Reads Open-Assistant's trees (Köpf et al. 2023, arXiv 2304.07327): replies with ranks become rankings, a single reply
 * a demonstration.
 */
export const openAssistant: Format = {
  name: "Open-Assistant trees",
  matches: (row) =>
    (row.has("message_tree_id") && isObject(row.peek("prompt"))) ||
    (row.has("message_id") && row.has("text") && row.has("role")),
  read(row: RowFields) {
    if (!isObject(row.peek("prompt")))
      throw new Fault(
        null,
        "Open-Assistant's list of single messages is not read; take the file of trees (…trees.jsonl)",
        true,
      );
    const root = row.take("prompt")?.value as Record<string, unknown>;
    const items: Item[] = [];
    walk(row, root, [], "prompt", items);
    if (items.length === 0) items.push({ prompt: [turnOf(root, "prompt", "user")], said: { kind: "prompt" } });
    return { items };
  },
};

const NODE_KEYS = new Set(["text", "role", "replies", "rank", "deleted"]);

function turnOf(node: Record<string, unknown>, at: string, role: "user" | "assistant"): Turn {
  if (typeof node.text !== "string") throw new Fault(`${at}.text`, "must be text");
  return { role, content: checkedText(`${at}.text`, node.text) };
}

function walk(row: RowFields, node: Record<string, unknown>, before: readonly Turn[], at: string, items: Item[]): void {
  const prompt = [...before, turnOf(node, at, "user")];
  for (const [key, value] of Object.entries(node))
    if (!NODE_KEYS.has(key) && hasValue(value)) row.ignore(`prompt…${key}`);
  const replies = childrenOf(node).map((reply, index) => {
    const place = `${at}.replies.${index}`;
    for (const [key, value] of Object.entries(reply))
      if (!NODE_KEYS.has(key) && hasValue(value)) row.ignore(`prompt…${key}`);
    return { reply, place, turns: [turnOf(reply, place, "assistant")] };
  });
  const ranked = replies.flatMap(({ reply, turns }) =>
    typeof reply.rank === "number" ? [{ turns, rank: reply.rank }] : [],
  );
  const best = ranked.toSorted((a, b) => a.rank - b.rank);
  if (best.length > MAX_RANKED_COMPLETIONS) row.ignore(`replies after the best ${MAX_RANKED_COMPLETIONS} of a ranking`);
  const [only] = replies;
  if (best.length >= 2)
    items.push({ prompt, said: { kind: "ranking", completions: denseRanks(best.slice(0, MAX_RANKED_COMPLETIONS)) } });
  else if (only && replies.length === 1)
    items.push({ prompt, said: { kind: "demonstration", completion: only.turns } });
  else if (replies.length > 1) row.ignore("replies without a rank");
  for (const { reply, place, turns } of replies)
    childrenOf(reply).forEach((next, index) => {
      walk(row, next, [...prompt, ...turns], `${place}.replies.${index}`, items);
    });
}

const childrenOf = (node: Record<string, unknown>): Record<string, unknown>[] =>
  (Array.isArray(node.replies) ? node.replies : []).filter(isObject).filter(({ deleted }) => deleted !== true);
