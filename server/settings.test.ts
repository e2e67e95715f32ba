import path from "node:path";
import { expect, it } from "vitest";
import { parseSettings } from "./settings";

const least = { DATABASE_URL: "postgresql://tuneloop@127.0.0.1:5432/tuneloop" };

it("fills in what is not set, and takes an empty variable for one that is not", () => {
  expect(parseSettings({ ...least, PORT: "", NEXTAUTH_URL: "" })).toMatchObject({
    siteUrl: "http://localhost:3000",
    dataFolder: path.resolve("data"),
    defaultModel: "smollm2-135m-instruct",
    logLevel: "info",
  });
  expect(parseSettings({ ...least, NEXTAUTH_URL: "https://a.example/" }).siteUrl).toBe("https://a.example");
});

it("names every wrong variable in one line", () => {
  const wrong = () => parseSettings({ PORT: "high", NEXTAUTH_SECRET: "short" });
  expect(wrong).toThrow(
    /^environment: DATABASE_URL is not set; NEXTAUTH_SECRET must have at least 16 characters; PORT /,
  );
});

it("refuses an address of a database that is none, without repeating its password", () => {
  const refusal = () => parseSettings({ DATABASE_URL: "postgresql://ann:se/cr#et@host:5432x/tuneloop" });
  expect(refusal).toThrow(/^environment: DATABASE_URL is not a valid address/);
  expect(refusal).not.toThrow(/cr#et/);
});

it("takes the services to sign in through, and refuses half of one", () => {
  expect(parseSettings(least).signIn).toEqual({ oidc: null, github: null, google: null });
  const oidc = { OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "tuneloop", OIDC_CLIENT_SECRET: "s" };
  expect(parseSettings({ ...least, ...oidc, GITHUB_CLIENT_ID: "", GITHUB_CLIENT_SECRET: "" }).signIn).toEqual({
    oidc: { issuer: "https://id.example", clientId: "tuneloop", clientSecret: "s", name: "single sign-on" },
    github: null,
    google: null,
  });
  const half = (environment: Record<string, string>) => () => parseSettings({ ...least, ...environment });
  expect(half({ GITHUB_CLIENT_ID: "x" })).toThrow(/GITHUB_CLIENT_SECRET is not set/);
  expect(half({ ...oidc, OIDC_ISSUER: "" })).toThrow(/OIDC_ISSUER is not set/);
  expect(half({ OIDC_ISSUER: "https://id.example" })).toThrow(/OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are not set/);
});
