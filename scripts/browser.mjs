// The browser of the journeys: $CHROMIUM if it is set, else the one that npm delivers (@sparticuz/chromium), unpacked
// once into the user's cache. It brings its own libraries and a Latin font, so it runs on a bare Debian too.
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const require = createRequire(import.meta.url);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"];

function cachedFolder() {
  const { version } = JSON.parse(
    fs.readFileSync(path.join(path.dirname(require.resolve("@sparticuz/chromium")), "../../package.json"), "utf8"),
  );
  const cache = process.env.TUNELOOP_CACHE || path.join(os.homedir(), ".cache", "tuneloop");
  return path.resolve(cache, `chromium-${version}-${process.arch}`);
}

/** The options with which Playwright launches the browser: `{ executablePath, args, env }`. */
export function browserLaunch() {
  if (process.env.CHROMIUM) return { executablePath: process.env.CHROMIUM, args: FLAGS };
  const folder = cachedFolder();
  const libraries = [path.join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  const env = { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: path.join(folder, "fonts") };
  return { executablePath: path.join(folder, "chromium"), args: FLAGS, env };
}

/**
 * Unpacks the browser if it is missing. It is unpacked under another name and then renamed, so its folder is never
 * incomplete.
 */
export async function ensureBrowser() {
  if (process.env.CHROMIUM) return;
  const folder = cachedFolder();
  if (fs.existsSync(folder)) return;
  const half = `${folder}.${process.pid}`;
  fs.mkdirSync(half, { recursive: true });
  const { TMPDIR, AWS_EXECUTION_ENV, LD_LIBRARY_PATH, FONTCONFIG_PATH } = process.env;
  // The package unpacks into the temporary folder, and unpacks its libraries only if it believes itself on a bare
  // system.
  Object.assign(process.env, { TMPDIR: half, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" });
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    await chromium.executablePath();
  } finally {
    for (const [name, value] of Object.entries({ TMPDIR, AWS_EXECUTION_ENV, LD_LIBRARY_PATH, FONTCONFIG_PATH }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
  const fonts = path.join(half, "fonts", "fonts.conf"); // the file names the temporary folder
  const moved = { "/tmp/fonts-cache": path.join(folder, "fonts-cache"), "/tmp/fonts": path.join(folder, "fonts") };
  const text = fs.readFileSync(fonts, "utf8").replaceAll(/\/tmp\/fonts(-cache)?/g, (name) => moved[name]);
  fs.writeFileSync(fonts, text);
  try {
    fs.renameSync(half, folder);
  } catch (error) {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    fs.rmSync(half, { recursive: true, force: true }); // another process was quicker
  }
}
