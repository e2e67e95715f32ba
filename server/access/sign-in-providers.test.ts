import { createHash, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth from "next-auth";
import { decode } from "next-auth/jwt";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeUser } from "../testing/test-rows";
import { authOptions } from "./auth-options";
import { readGitHub } from "./sign-in-providers";

withTestDatabase();

const SECRET = "a secret of sixteen or more";
const SITE = "http://127.0.0.1:3999";

/** The person whom the issuer signs in next, and the challenge and nonce of the last request. */
const asked: { claims: Record<string, unknown>; nonce: string; challenge: string } = {
  claims: {},
  nonce: "",
  challenge: "",
};
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
let issuer: Server;
let address = "";

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
function idToken(): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: address, aud: "tuneloop", iat: now, exp: now + 60, nonce: asked.nonce, sub: "person-1" };
  const signed = `${base64({ alg: "RS256", kid: "k" })}.${base64(payload)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(keys.privateKey, "base64url")}`;
}

beforeAll(async () => {
  issuer = createServer(async (request, response) => {
    const verifier = new URLSearchParams(await text(request)).get("code_verifier") ?? "";
    const proven = createHash("sha256").update(verifier).digest("base64url") === asked.challenge;
    const answers: Record<string, unknown> = {
      "/.well-known/openid-configuration": {
        issuer: address,
        authorization_endpoint: `${address}/authorize`,
        token_endpoint: `${address}/token`,
        userinfo_endpoint: `${address}/me`,
        jwks_uri: `${address}/keys`,
      },
      "/token": proven && { access_token: "a", token_type: "bearer", id_token: idToken() },
      "/me": { sub: "person-1", ...asked.claims },
      "/keys": { keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }] },
    };
    const answer = answers[request.url ?? ""];
    response.writeHead(answer ? 200 : 400, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { error: "invalid_request" }));
  }).listen(0, "127.0.0.1");
  await once(issuer, "listening");
  address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    NEXTAUTH_URL: SITE,
    NEXTAUTH_SECRET: SECRET,
    OIDC_ISSUER: address,
    OIDC_CLIENT_ID: "tuneloop",
    OIDC_CLIENT_SECRET: "s",
  });
});
afterAll(() => void issuer.close());

/** A browser with its cookies, which goes to next-auth's own addresses. */
function browser() {
  const cookies: Record<string, string> = {};
  return async (method: "GET" | "POST", path: string[], query: Record<string, string> = {}, body = {}) => {
    const seen = { location: "", json: {} as Record<string, string> };
    const headers: Record<string, string | string[]> = {};
    const response = {
      status: () => response,
      getHeader: (name: string) => headers[name],
      setHeader(name: string, value: string | string[]) {
        headers[name] = value;
        return response;
      },
      json: (value: Record<string, string>) => void Object.assign(seen.json, value),
      send: (value: Record<string, string>) => void Object.assign(seen.json, value),
      end: () => undefined,
    };
    const request = { method, cookies, headers: {}, body, query: { nextauth: path, ...query } };
    await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, authOptions);
    for (const line of [headers["Set-Cookie"] ?? []].flat()) {
      const [name = "", value = ""] = line.split(";")[0]?.split(/=(.*)/s) ?? [];
      cookies[name] = decodeURIComponent(value);
    }
    const session = cookies["next-auth.session-token"];
    const token = session ? await decode({ token: session, secret: SECRET }) : null;
    return { location: String(headers.Location ?? ""), json: seen.json, token };
  };
}

/** Goes through the whole flow and returns where the browser is sent in the end, with its session. */
async function comeIn(claims: Record<string, unknown>) {
  const visit = browser();
  const { csrfToken } = (await visit("GET", ["csrf"])).json;
  const { location } = await visit("POST", ["signin", "oidc"], {}, { csrfToken, callbackUrl: SITE });
  const { searchParams } = new URL(location);
  const parameter = (name: string) => searchParams.get(name) ?? "";
  expect(parameter("redirect_uri")).toBe(`${SITE}/api/auth/callback/oidc`);
  Object.assign(asked, { claims, nonce: parameter("nonce"), challenge: parameter("code_challenge") });
  return visit("GET", ["callback", "oidc"], { code: "c", state: parameter("state") });
}

it("signs in the person with the same verified address, and nobody else", async () => {
  const ada = await makeUser("Ada");
  await database().user.update({ where: { id: ada.id }, data: { emailVerifiedAt: new Date() } });
  const came = await comeIn({ email: ada.email.toUpperCase(), email_verified: true, name: "Somebody" });
  expect(came.location).toBe(SITE);
  expect(came.token).toMatchObject({ userId: ada.id, sessionVersion: 1 });

  for (const email_verified of [false, undefined]) {
    const unproven = await comeIn({ email: ada.email, email_verified });
    expect(unproven.location).toBe("/login?error=no-verified-email");
    expect(unproven.token).toBeNull();
  }
  const before = await database().user.count();
  const stranger = await comeIn({ email: "stranger@example.org", email_verified: true });
  expect([stranger.location, stranger.token]).toEqual(["/login?error=not-invited", null]);
  expect(await database().user.count()).toBe(before);

  await database().user.update({ where: { id: ada.id }, data: { deactivatedAt: new Date() } });
  expect((await comeIn({ email: ada.email, email_verified: true })).token).toBeNull();
});

it("makes an account for whom an open invitation to that very address awaits", async () => {
  const ada = await makeUser("Ada");
  const { slug: project } = await makeProject(ada);
  const { members } = createCaller({ user: ada });
  const email = `nia-${randomUUID().slice(0, 8)}@example.org`;
  await members.invite({ project, role: "annotator" }); // an invitation without an address is for whoever has the link
  expect((await comeIn({ email, email_verified: true })).location).toBe("/login?error=not-invited");
  const { invitationId } = await members.invite({ project, role: "annotator", email });
  await members.revokeInvitation({ project, invitationId });
  expect((await comeIn({ email, email_verified: true })).location).toBe("/login?error=not-invited");
  await members.restoreInvitation({ project, invitationId });

  const { token } = await comeIn({ email, email_verified: true, name: "Nia" });
  const nia = await database().user.findUniqueOrThrow({ where: { email } });
  expect(token).toMatchObject({ userId: nia.id });
  expect(nia).toMatchObject({ name: "Nia", passwordHash: null, instanceRole: "member" });
  const invitations = await members.invitations({ project });
  expect(invitations.find(({ id }) => id === invitationId)).toMatchObject({ status: "used", usedBy: { id: nia.id } });
  expect((await members.list({ project })).map(({ name, role }) => [name, role])).toContainEqual(["Nia", "annotator"]);
});

it("takes GitHub's primary address, and only where GitHub has verified it", async () => {
  const answers = (verified: boolean): Record<string, unknown> => ({
    "https://api.github.com/user": { id: 7, login: "nia", name: null, email: "public@example.org" },
    "https://api.github.com/user/emails": [
      { email: "other@example.org", primary: false, verified: true },
      { email: "nia@example.org", primary: true, verified },
    ],
  });
  const read = (verified: boolean) => readGitHub("t", async (url) => answers(verified)[url]);
  expect(await read(true)).toMatchObject({ sub: "7", name: "nia", email: "nia@example.org", email_verified: true });
  expect(await read(false)).toMatchObject({ email_verified: false });
});
