/** The import rules of ARCHITECTURE.md. A violation is an error, and an error fails CI. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(app|domain|server|trainer|generated|prisma|scripts|e2e)/", pathNot: allowed },
});

module.exports = {
  forbidden: [
    only("domain-is-pure", "^domain/", "^domain/", "domain imports only itself, zod and the reader of Parquet files"),
    {
      name: "domain-only-zod",
      comment: "domain is pure TypeScript + zod, and hyparquet, which is pure as well",
      severity: "error",
      from: { path: "^domain/", pathNot: "\\.test\\.ts$" },
      to: {
        dependencyTypes: ["npm", "npm-dev", "core"],
        pathNot: "node_modules/(zod|hyparquet|hyparquet-compressors)/",
      },
    },
    only(
      "server-imports-domain",
      "^server/",
      "^(server|domain|generated/prisma)/",
      "server → domain and the Prisma client",
    ),
    only(
      "trainer-imports-domain",
      "^trainer/(?!worker\\.ts$)",
      "^(trainer|domain)/",
      "trainer → domain; only worker.ts may see server",
    ),
    only(
      "worker-is-the-bridge",
      "^trainer/worker\\.ts$",
      "^(trainer|domain|server)/",
      "trainer/worker.ts → server, domain",
    ),
    {
      name: "app-sees-server-through-adapters",
      comment:
        "app → domain; server only as types or through its tRPC adapters (server/api) and the session (server/access)",
      severity: "error",
      from: { path: "^app/" },
      to: { path: "^server/", pathNot: "^server/(api|access)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "app-not-trainer",
      comment: "the site never loads the trainer",
      severity: "error",
      from: { path: "^app/" },
      to: { path: "^(trainer|generated|prisma|scripts|e2e)/" },
    },
    {
      name: "nothing-imports-app",
      severity: "error",
      from: { path: "^(domain|server|trainer|prisma|scripts)/" },
      to: { path: "^app/" },
    },
    {
      name: "no-circular",
      comment: "no import circles, and none of types either: what two files share is in a leaf file",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(generated|\\.next)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".css"],
    },
  },
};
