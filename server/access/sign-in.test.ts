import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { hashPassword } from "./password";
import { signIn } from "./sign-in";

withTestDatabase();

const password = "a long enough password";
const wrong = "not the password";

/** A window may turn over while a test tries, after which the count begins anew; a window's worth more is tried then. */
const TWO_WINDOWS = 2;

async function makePeople(count: number): Promise<string[]> {
  const passwordHash = await hashPassword(password);
  const emails = Array.from({ length: count }, () => `${randomUUID()}@example.org`);
  await database().user.createMany({ data: emails.map((email) => ({ email, name: "Pupil", passwordHash })) });
  return emails;
}

const enter = (email: string, secret: string, address: string) =>
  signIn({ email, password: secret }, address).then(
    (user) => (user === null ? "wrong" : "in"),
    (error: Error) => error.message,
  );

it("lets a class of sixty in from one address, each of whom mistypes once, and signs in three times", async () => {
  const pupils = await makePeople(60);
  const address = "192.0.2.1";
  const first = await Promise.all(pupils.map((email) => enter(email, wrong, address)));
  expect(new Set(first)).toEqual(new Set(["wrong"]));
  for (let time = 0; time < 3; time++) {
    for (const half of [pupils.slice(0, 30), pupils.slice(30)])
      expect(new Set(await Promise.all(half.map((email) => enter(email, password, address))))).toEqual(new Set(["in"]));
  }
});

it("stops guessing at one account, and lets its owner in from elsewhere meanwhile", async () => {
  const [email = ""] = await makePeople(1);
  const answers = [];
  for (let n = 0; n < 8 * TWO_WINDOWS + 4; n++) answers.push(await enter(email, wrong, "192.0.2.2"));
  expect(answers.filter((answer) => answer === "RATE_LIMIT").length).toBeGreaterThanOrEqual(4);
  expect(await enter(email, password, "192.0.2.3")).toBe("in");
});

it("stops guessing at many accounts from one address", async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 * TWO_WINDOWS + 20 }, (_, n) => enter(`nobody-${n}@example.org`, wrong, "192.0.2.4")),
  );
  expect(answers.filter((answer) => answer === "RATE_LIMIT").length).toBeGreaterThanOrEqual(20);
});

it("keeps neither addresses nor emails, and no rows of windows that have ended", async () => {
  const [email = ""] = await makePeople(1);
  await enter(email, wrong, "192.0.2.5");
  const rows = await database().rateLimit.findMany();
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/192\.0\.2|example\.org|sign-in/);

  await database().$executeRaw`UPDATE "RateLimit" SET "windowStart" = "windowStart" - interval '2 hours'`;
  const { limitFailures } = await import("./limit-attempts");
  const clock = Date.now;
  Date.now = () => clock() + 61_000; // the sweep is due again
  try {
    await limitFailures([{ key: ["x"], attempts: 1, seconds: 60 }], async () => undefined);
  } finally {
    Date.now = clock;
  }
  expect(await database().rateLimit.count()).toBe(1);
});
