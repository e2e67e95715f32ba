import { ImageOff } from "lucide-react";
import { memo, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { cx } from "./class-names";
import { PlainText } from "./plain-text";
import { TextBoundary } from "./text-boundary";
import { MOST_DEPTH, MOST_ELEMENTS, plainReason } from "./text-limits";

type MarkdownNode = { type: string; value?: string; lang?: string; children?: MarkdownNode[] };

/** HTML in a completion is part of what is judged: it must be seen, not run and not swallowed by the sanitiser. */
function showHtml(parent: MarkdownNode): void {
  for (const node of parent.children ?? []) {
    if (node.type !== "html") showHtml(node);
    else if (["root", "listItem", "blockquote"].includes(parent.type))
      Object.assign(node, { type: "code", lang: "html" });
    else node.type = "text";
  }
}
const remarkPlugins = [remarkGfm, () => showHtml];

/** Says that a text can't be drawn, as the end of "This text …". */
class TextTooMuch extends Error {}

/** Refuses a tree that would overflow React's own walk through it, or keep the browser busy for seconds. */
function boundTree(root: MarkdownNode): void {
  let elements = 0;
  const waiting = [{ node: root, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next;
    if (depth > MOST_DEPTH) throw new TextTooMuch("nests lists, quotes or emphasis too deeply");
    if (++elements > MOST_ELEMENTS) throw new TextTooMuch(`has more than ${MOST_ELEMENTS.toLocaleString("en")} parts`);
    for (const child of node.children ?? []) waiting.push({ node: child, depth: depth + 1 });
  }
}

// Highlighting runs after the sanitiser: it only adds spans of its own, so the schema need not let classes through.
const rehypePlugins = [
  () => boundTree,
  [rehypeSanitize, { ...defaultSchema, clobberPrefix: "text-" }],
  [rehypeHighlight, { detect: false, ignoreMissing: true }],
] as NonNullable<Parameters<typeof ReactMarkdown>[0]["rehypePlugins"]>;

const components: Components = {
  // A picture from elsewhere would tell its host who reads what and when: its words and its address stand in for it.
  img: ({ src, alt }) => (
    <span className="inline-flex items-baseline gap-1 rounded border border-line bg-sunken px-1.5 text-[0.9em] text-muted">
      <ImageOff aria-hidden className="size-3 shrink-0 self-center" />
      {alt || "image"}
      {typeof src === "string" && /^https?:/.test(src) && (
        <a href={src} target="_blank" rel="noopener noreferrer nofollow">
          picture’s address
        </a>
      )}
    </span>
  ),
  // Long lines scroll sideways: by keyboard too.
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <pre tabIndex={0}>{children}</pre>
  ),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
};

/**
 * Reads a text as Markdown, or says why it is to be shown as it is. The parser may run out of stack on a text that no
 * count foresees, so its errors end here, on the server and in the browser alike.
 */
function draw(text: string): { drawn: ReactNode } | { plainBecause: string } {
  const reason = plainReason(text);
  if (reason) return { plainBecause: reason };
  try {
    return { drawn: ReactMarkdown({ children: text, remarkPlugins, rehypePlugins, components }) };
  } catch (error) {
    return { plainBecause: error instanceof TextTooMuch ? error.message : NO_MARKDOWN };
  }
}

const NO_MARKDOWN = "can't be read as Markdown";

/**
 * Untrusted markdown: raw HTML stays text, addresses are limited to safe schemes, pictures are never loaded, and a text
 * that can't be drawn is shown as it was written. What sticks out of a text's lines is clipped, so that stacked marks
 * cover nothing beside it. `size="judged"` is for the text that a person has come to read and judge.
 */
export const Markdown = memo(function Markdown({
  children,
  size = "normal",
  className,
}: {
  children: string;
  size?: "normal" | "judged";
  className?: string;
}) {
  const result = draw(children);
  return (
    <div
      className={cx(
        "prose [overflow-clip-margin:2px] overflow-clip",
        size === "judged" && "[--prose-size:1.0625rem]",
        className,
      )}
      dir="auto"
    >
      {"drawn" in result ? (
        <TextBoundary text={children} fallback={<PlainText key="failed" text={children} reason={NO_MARKDOWN} />}>
          {result.drawn}
        </TextBoundary>
      ) : (
        <PlainText text={children} reason={result.plainBecause} />
      )}
    </div>
  );
});
