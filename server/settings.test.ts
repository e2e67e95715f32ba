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
