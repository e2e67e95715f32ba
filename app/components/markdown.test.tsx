import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown";

const render = (text: string) => renderToStaticMarkup(<Markdown>{text}</Markdown>);

describe("Markdown of untrusted text", () => {
  it("shows HTML as the text that it is", () => {
    const html = render(
      '<script>alert(1)</script>\n\nA <b>bold</b> <img src="https://evil.example/x.png" onerror="alert(1)">',
    );
    expect(html).not.toMatch(/<script|<img|<b>/);
    expect(html.replace(/<[^>]*>/g, "")).toMatch(
      /&lt;script&gt;alert\(1\)&lt;\/script&gt;[\s\S]*A &lt;b&gt;bold&lt;\/b&gt; &lt;img/,
    );
  });

  it("never loads a picture: its words and its address stand in for it", () => {
    const html = render("![a chart](https://tracker.example/p.png)");
    expect(html).not.toContain("<img");
    expect(html).toContain("a chart");
    expect(html).toMatch(/href="https:\/\/tracker\.example\/p\.png"[^>]*rel="noopener noreferrer nofollow"/);
  });

  it("drops addresses that run code", () => {
    for (const text of [
      "[x](javascript:alert(1))",
      "![x](javascript:alert(1))",
      "[x](data:text/html,<script>)",
      "[x](vbscript:x)",
    ])
      expect(render(text)).not.toMatch(/javascript:|data:|vbscript:/);
  });

  it("highlights code in a known language and leaves an unknown one alone", () => {
    expect(render("```python\ndef f(): pass\n```")).toContain("hljs-keyword");
    expect(render("```nosuch\n<b>\n```")).toContain("&lt;b&gt;");
  });

  it("renders tables and task lists", () => {
    expect(render("| a | b |\n|---|---|\n| 1 | 2 |")).toContain("<table>");
    expect(render("- [x] done")).toContain("checkbox");
  });
});
