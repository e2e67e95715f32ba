import { ImageOff } from "lucide-react";
import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { cx } from "./class-names";

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

// Highlighting runs after the sanitiser: it only adds spans of its own, so the schema need not let classes through.
const rehypePlugins = [
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
 * Untrusted markdown: raw HTML stays text, addresses are limited to safe schemes, pictures are never loaded.
 * `size="judged"` is for the text that a person has come to read and judge.
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
  return (
    <div className={cx("prose", size === "judged" && "[--prose-size:1.0625rem]", className)} dir="auto">
      <ReactMarkdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>
        {children}
      </ReactMarkdown>
    </div>
  );
});
