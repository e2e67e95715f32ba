import fs from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** Texts of files by their path in the project, to be read in place of what lies there, or beside it. */
export type Overlay = Readonly<Record<string, string>>;

/** The text of a file with pieces replaced; a piece that does not occur fails the test, not the compiler. */
export function changed(file: string, ...pieces: readonly (readonly [from: string | RegExp, to: string])[]): Overlay {
  let text = fs.readFileSync(path.join(ROOT, file), "utf8");
  for (const [from, to] of pieces) {
    const result = text.replace(from, to);
    if (result === text) throw new Error(`${file} has no ${from}`);
    text = result;
  }
  return { [file]: text };
}

/** A list with one more line, whose `name` comes from `module`. */
export const listed = (file: string, name: string, module: string, [after, line]: readonly [RegExp, string]): Overlay =>
  changed(file, [after, `$&${line}`], [/^/, `import { ${name} } from "${module}";\n`]);

/**
 * Writes an overlay where its files can be loaded, their imports led to the project's own files.
 * @returns a new folder inside the project, which the caller removes
 */
export function writeOverlay(overlay: Overlay): string {
  const generated = path.join(ROOT, "generated");
  fs.mkdirSync(generated, { recursive: true });
  const folder = fs.mkdtempSync(path.join(generated, "overlay-"));
  const home = path.relative(ROOT, folder);
  for (const [file, text] of Object.entries(overlay)) {
    const led = text.replace(/ from "(\.[^"]*)";/g, (_, module: string) => {
      const target = path.posix.join(path.posix.dirname(file), module);
      return ` from "@/${`${target}.ts` in overlay ? path.posix.join(home, target) : target}";`;
    });
    const place = path.join(folder, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, led);
  }
  return folder;
}
