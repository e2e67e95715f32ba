import path from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  // Native add-ons and packages that look for their own files are loaded by Node instead of being bundled.
  serverExternalPackages: ["@node-rs/argon2", "@prisma/adapter-pg", "@prisma/client", "pg", "pg-boss", "pino"],
  // `npm test` checks the types of the whole repository; the first `npm start` on somebody's machine need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // The build and the site must not depend on where the folder lies or on lockfiles above it.
  turbopack: { root: path.resolve(import.meta.dirname) },
  // proxy.ts looks at no body, so none need be kept for it; what a page may be sent is limited in scripts/limit-body.mjs.
  experimental: { proxyClientMaxBodySize: "64kb" },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  agentRules: false,
};

export default config;
