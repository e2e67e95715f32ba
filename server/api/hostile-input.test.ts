import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { signIn } from "../access/sign-in";
import { callRaw, fuzzProcedure, isFailure, procedures } from "../testing/fuzz-api";
import { anyText } from "../testing/hostile-values";
import { type HostileWorld, makeHostileWorld } from "../testing/hostile-world";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import * as downloads from "./downloads";
import { receiveImport } from "./uploads";

withTestQueue();
withTestDatabase();

/** The number of inputs that each procedure gets from each person; `hostile-input.slow.test.ts` sends many more. */
const RUNS = 2;
let world: HostileWorld;

beforeAll(async () => {
  world = await makeHostileWorld();
});

/** What is no input, or one that its own description contradicts. */
const DAMAGED = [
  ...["", "{", "null", "[]", '"a"', '{"json":', "\0", '{"json":{"project":"a\\u0000b"}}', '{"json":"\\ud800"}'],
  ...['{"json":{},"meta":{"values":{"a.b.c":["Date"]}}}', '{"json":{"a":"x"},"meta":{"values":{"a":["Date"]}}}'],
  ...['{"json":{"a":1},"meta":{"values":{"__proto__.x":["Date"]}}}', '{"json":{"a":1},"meta":{"values":5}}'],
  ...['{"json":{"a":1},"meta":{"referentialEqualities":{"a":["b","a.a"]}}}', '{"json":1,"meta":{"values":["nosuch"]}}'],
  ...['{"json":{"a":"("},"meta":{"values":{"a":["regexp"]}}}', '{"json":{"a":"z"},"meta":{"values":{"a":["bigint"]}}}'],
  ...['{"json":{"a":"z"},"meta":{"values":{"a":["URL"]}}}', '{"json":{"a":[1]},"meta":{"values":{"a":["map"]}}}'],
  ...['{"0":1}', `${"[".repeat(5_000)}${"]".repeat(5_000)}`, `{"json":${"[".repeat(5_000)}${"]".repeat(5_000)}}`],
];

describe("hostile input", () => {
  it.each(procedures)("of $path is answered or refused", async (procedure) => {
    await fuzzProcedure(procedure, world, RUNS);
  });

  it("that is no input at all is refused", async () => {
    // Every procedure reads its input in one and the same way, so one of each type stands for all.
    for (const type of ["query", "mutation", "subscription"]) {
      const { path } = procedures.find((one) => one.type === type && one.inputs.length > 1) ?? { path: "" };
      for (const sent of DAMAGED) {
        const answer = await callRaw({ path, isPost: type === "mutation", user: world.admin, sent });
        expect([sent.slice(0, 80), isFailure(answer), answer.body.slice(0, 300)]).toEqual([
          ...[sent.slice(0, 80), false],
          expect.any(String),
        ]);
      }
    }
  });

  it("names the field that holds what can't be kept", async () => {
    const sent = JSON.stringify({ json: { project: world.slug, markdown: "a\0b" } });
    const call = { path: "projects.updateGuidelines", isPost: true, user: world.admin, sent };
    const { status, body } = await callRaw(call);
    expect(status).toBe(400);
    expect(body).toContain("markdown: holds a NUL character");
  });

  it("in the address of a file, or of one that is sent, is refused", async () => {
    const id = (name: string) => fc.oneof(anyText, fc.constantFrom(...(world.known[name] ?? [])));
    const project = fc.oneof(anyText, fc.constant(world.slug));
    const place = fc.record({
      ...{ project, file: fc.oneof(anyText, fc.constantFrom("all.tar", "labels.csv", "report.csv", "tasks.jsonl")) },
      ...{ version: id("datasetVersionId"), model: id("modelVersionId"), run: id("runId"), export: id("exportId") },
      ...{ import: id("id"), step: fc.oneof(anyText, fc.constantFrom("8", "best-8", "99999999999999999999")) },
    });
    const serve = [
      ...[
        downloads.downloadDataset,
        downloads.downloadDatasetExport,
        downloads.downloadLabels,
        downloads.downloadTasks,
      ],
      ...[
        downloads.downloadModel,
        downloads.downloadExport,
        downloads.downloadCheckpoint,
        downloads.downloadImportReport,
      ],
    ];
    await fc.assert(
      fc.asyncProperty(place, anyText, fc.constantFrom(world.admin, null), async (asked, name, user) => {
        for (const one of serve) {
          const response = await one({ ...asked, user });
          expect(response.status).toBeLessThan(500);
          await response.body?.cancel();
        }
        const url = `http://localhost/api/p/x/imports?${new URLSearchParams({ name, hint: asked.file })}`;
        const headers = { "content-type": "application/octet-stream", "content-length": asked.step };
        const request = { url, headers: new Map(Object.entries(headers)), body: new Response(asked.file).body };
        const answer = await receiveImport({ user, project: asked.project, request: request as never });
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it("of a person who signs in is refused", async () => {
    const raw = fc.oneof(fc.record({ email: anyText, password: anyText }), fc.anything());
    await fc.assert(
      fc.asyncProperty(raw, async (credentials) => {
        expect(await signIn(credentials, "192.0.2.7")).toBeNull();
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});
