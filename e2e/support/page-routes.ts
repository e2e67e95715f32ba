import fs from "node:fs";
import path from "node:path";

const APP = path.resolve(import.meta.dirname, "../../app");

/** Lists every page of the site as its route, from the files under app/, so that a new page needs no listing. */
export function pageRoutes(): string[] {
  return fs
    .readdirSync(APP, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => `/${path.dirname(file)}`.replace(/\/\([^)]+\)/g, "").replace(/^\/\.$/, "/"))
    .sort();
}
