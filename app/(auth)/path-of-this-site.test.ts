import { expect, it } from "vitest";
import { pathOfThisSite } from "./path-of-this-site";

const ELSEWHERE = [
  "//evil.example",
  "///evil.example",
  "////evil.example/%2f..",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/\\evil.example",
  "/\\/evil.example",
  "\\\\evil.example",
  "/\t\\evil.example",
  "//\tevil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/./\\evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "//evil.example:80/p/x",
  "//user:password@evil.example",
  "//[::1]/",
  "//[",
  "http://evil.example",
  "https:evil.example",
  "https://this-site.invalid.evil.example",
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,x",
  "evil.example",
  "@evil.example",
  "?next=//evil.example",
  "#//evil.example",
  "",
  "\u0000//evil.example",
  ["/p/x"],
  undefined,
];

it.each(ELSEWHERE)("%j leads to the start page", (wanted) => expect(pathOfThisSite(wanted)).toBe("/"));

it.each([
  ["/", "/"],
  ["/p/demo/label?x=1#y", "/p/demo/label?x=1#y"],
  ["/p/demo?next=//evil.example", "/p/demo?next=//evil.example"],
  ["/p/../projects", "/projects"],
  ["/\tp/demo", "/p/demo"],
  ["/@evil.example", "/@evil.example"],
  ["/p/ü", "/p/%C3%BC"],
])("%j stays on this site", (wanted, path) => {
  expect(pathOfThisSite(wanted)).toBe(path);
  expect(new URL(pathOfThisSite(wanted), "https://here.example").origin).toBe("https://here.example");
});
