import { readFile } from "node:fs/promises";
import { createFirstAdmin, generateCompletions, PASSWORD, signIn } from "./support/first-steps";
import { expect, test } from "./support/test";

test.use({ journey: "people" });

const LABELS = 3;

test("an invited annotator signs up, labels, and sees nothing of the admins' pages", async ({
  page,
  browser,
  instance,
}) => {
  test.setTimeout(420_000);

  const project = await test.step("the first admin", () => createFirstAdmin(page, instance));
  await test.step("tasks to give", () => generateCompletions(page, { tokens: 12 }));

  const link = await test.step("an invitation link", async () => {
    await page.goto(`${project}/members`);
    await page.getByRole("button", { name: "Invite" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite" });
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const made = await dialog.getByRole("textbox", { name: "Invitation link" }).inputValue();
    await dialog.getByRole("button", { name: "Done" }).click();
    const invitations = page.getByRole("region", { name: "Invitations" });
    await expect(invitations.getByRole("listitem").filter({ hasText: "Anyone with the link" })).toContainText("open");
    return made;
  });

  const context = await browser.newContext();
  const theirs = await context.newPage();
  const problems: string[] = [];
  theirs.on("pageerror", (error) => problems.push(error.message));
  theirs.on("console", (message) => message.type() === "error" && problems.push(message.text()));

  await test.step("the annotator signs up with it and labels by keyboard", async () => {
    await theirs.goto(link);
    await expect(theirs.getByText("Ada Admin invites you to join as an annotator.")).toBeVisible();
    await theirs.getByLabel("Your name").fill("Bo Annotator");
    await theirs.getByLabel("Email").fill("bo@example.test");
    await theirs.getByLabel("Password").fill(PASSWORD);
    await theirs.getByRole("button", { name: "Create account and join" }).click();
    await theirs.waitForURL(/\/p\/[^/]+\/label$/);
    const left = theirs.getByRole("article", { name: "Left completion" });
    await expect(left).toBeVisible();
    for (let done = 0; done < LABELS; done++) {
      const shown = await left.innerText();
      await theirs.keyboard.press("a");
      await theirs.keyboard.press("1");
      await expect(theirs.getByRole("button", { name: "Submit" })).toBeEnabled();
      await theirs.keyboard.press("Control+Enter");
      await expect(left).not.toHaveText(shown, { useInnerText: true });
    }
    await expect(theirs.getByRole("link", { name: `${LABELS} today` })).toBeVisible();
  });

  await test.step("the last act is taken back, a skip and an answer alike, and comes back as it was", async () => {
    const left = theirs.getByRole("article", { name: "Left completion" });
    const shown = await left.innerText();
    await theirs.getByRole("button", { name: "Skip" }).click();
    await theirs.getByRole("button", { name: "The prompt is unclear" }).click();
    await expect(left).not.toHaveText(shown, { useInnerText: true });
    await theirs.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" }).click();
    await expect(left).toHaveText(shown, { useInnerText: true });
    await theirs.getByRole("button", { name: "Undo" }).first().click();
    await expect(theirs.getByRole("toolbar", { name: "Answer" }).getByRole("button", { name: "Left" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await expect(theirs.getByRole("button", { name: "significantly" })).toHaveAttribute("aria-pressed", "true");
    await expect(theirs.getByRole("link", { name: `${LABELS - 1} today` })).toBeVisible();
    await expect(theirs.getByRole("button", { name: "Submit" })).toBeEnabled();
    await theirs.keyboard.press("Control+Enter");
    await expect(left).toHaveText(shown, { useInnerText: true });
    await expect(theirs.getByRole("link", { name: `${LABELS} today` })).toBeVisible();
  });

  await test.step("but sees no page of the admins", async () => {
    const links = theirs.getByRole("navigation", { name: "Project" }).getByRole("link");
    await expect(links).toHaveText(["Label"]);
    for (const path of [
      "prompts",
      "tasks",
      "datasets",
      "runs",
      "models",
      "playground",
      "members",
      "settings",
      "labels",
    ]) {
      await theirs.goto(`${instance.url}${project}/${path}`);
      await expect(theirs.getByRole("heading", { name: "Only admins see this page" })).toBeVisible();
    }
    await theirs.goto(`${instance.url}${project}`);
    await theirs.waitForURL(/\/label$/);
    expect(problems).toEqual([]);
  });

  await test.step("the link has done its work", async () => {
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await expect(stranger.getByText("This invitation has been used.")).toBeVisible();
    await stranger.context().close();
    await page.reload();
    const member = page.getByRole("row").filter({ hasText: "bo@example.test" });
    await expect(member.getByRole("link", { name: String(LABELS), exact: true })).toBeVisible();
    const log = page.getByRole("region", { name: "Who changed what" }).getByRole("listitem");
    await expect(log.first()).toContainText(/Bo Annotator\s*joined\s*as annotator/);
  });

  await test.step("their labels can be excluded, and count again when that is lifted", async () => {
    await page.getByRole("button", { name: "Actions for Bo Annotator" }).click();
    await page.getByRole("menuitem", { name: "Exclude their labels…" }).click();
    const dialog = page.getByRole("dialog", { name: "Exclude all labels of Bo Annotator" });
    const excluded = dialog.getByRole("row").filter({ hasText: "the annotator's labels are excluded" });
    await expect(excluded).toContainText(`+${LABELS}`);
    await dialog.getByLabel("Reason").fill("always says A");
    await dialog.getByRole("button", { name: "Exclude", exact: true }).click();
    await expect(page.getByText("Excluded all labels of Bo Annotator")).toBeVisible();
    await page.goto(`${project}/datasets`);
    const exclusions = page.getByRole("region", { name: "Exclusions" });
    await expect(exclusions.getByText("“always says A”")).toBeVisible();
    await exclusions.getByRole("button", { name: "Lift" }).click();
    await expect(exclusions.getByText(/^lifted/)).toBeVisible();
  });

  await test.step("a link of the admin sets a new password and ends the old session", async () => {
    await page.goto(`${project}/members`);
    await page.getByRole("button", { name: "Actions for Bo Annotator" }).click();
    await page.getByRole("menuitem", { name: "Make a password-reset link" }).click();
    const dialog = page.getByRole("dialog", { name: "New password for Bo Annotator" });
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const reset = await dialog.getByRole("textbox", { name: "Reset link" }).inputValue();
    await dialog.getByRole("button", { name: "Done" }).click();

    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto(reset);
    await elsewhere.getByLabel("New password").fill("quite another password");
    await elsewhere.getByRole("button", { name: "Set password and sign in" }).click();
    await elsewhere.waitForURL(/\/p\/[^/]+\/label$/);
    await elsewhere.context().close();
    await theirs.reload();
    await theirs.waitForURL(/\/login/);
    await theirs.getByLabel("Email").fill("bo@example.test");
    await theirs.getByLabel("Password").fill("quite another password");
    await theirs.getByRole("button", { name: "Sign in" }).click();
    await theirs.waitForURL(/\/p\/[^/]+\/label$/);
  });

  await test.step("removal holds at once, and can be undone", async () => {
    await page.getByRole("button", { name: "Actions for Bo Annotator" }).click();
    await page.getByRole("menuitem", { name: "Remove from the project" }).click();
    await expect(page.getByText("Bo Annotator is no longer in this project")).toBeVisible();
    expect((await theirs.goto(`${instance.url}${project}/label`))?.status()).toBe(404);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("row").filter({ hasText: "bo@example.test" })).toBeVisible();
    expect((await theirs.goto(`${instance.url}${project}/label`))?.status()).toBe(200);
  });
  await context.close();
});

test("an admin imports a file: its good rows come in, the others into a report, and a reload loses nothing", async ({
  page,
}) => {
  await signIn(page);
  const project = new URL(page.url()).pathname;
  await page.goto(`${project}/prompts?import`);
  const dialog = page.getByRole("dialog", { name: "Import prompts" });
  const rows = [
    '{"question": "How deep is it?", "good": "Deep.", "bad": "Red."}',
    "{broken",
    '{"question": "", "good": "a"}',
  ];
  await dialog
    .getByLabel("JSONL, JSON, CSV or Parquet file")
    .setInputFiles({ name: "tool.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(rows.join("\n")) });
  await dialog.getByLabel("question").selectOption("prompt");
  await dialog.getByLabel("good").selectOption("chosen");
  await dialog.getByLabel("bad").selectOption("rejected");
  await expect(dialog.getByText("1 new prompt and 1 comparison")).toBeVisible();

  await page.goto(`${project}/prompts`);
  await expect(page.getByText("tool.jsonl has been read and waits to be imported")).toBeVisible();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(dialog.getByText("1 new prompt and 1 comparison")).toBeVisible();
  await dialog.getByRole("button", { name: /good row/ }).click();
  await expect(dialog.getByText("2 rows left out")).toBeVisible();
  const report = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download report (CSV)" }).click();
  expect(await readFile(await (await report).path(), "utf8")).toMatch(
    /^line,element,field,reason\r\n2,,,"not valid JSON/,
  );
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row").filter({ hasText: "How deep is it?" })).toBeVisible();
});

test("an admin has a model's files read, and again", async ({ page }) => {
  await signIn(page);
  const project = new URL(page.url()).pathname;
  await page.goto(`${project}/models`);
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("button", { name: "Read the files" }).click();
  const again = page.getByRole("button", { name: "Read again" });
  await expect(again).toBeVisible();
  await expect(page.getByText(/layers, .* wide, .* heads/)).toBeVisible();
  const readAt = page.getByText(/^Read /).locator("time");
  const before = await readAt.getAttribute("datetime");
  expect(before).not.toBeNull();
  await again.click();
  // The reading of a tiny model may end before a person sees it begin, so its time tells that there was a second one.
  await expect(readAt).not.toHaveAttribute("datetime", before ?? "");
  await expect(again).toBeVisible();
  await expect(page.getByText(/layers, .* wide, .* heads/)).toBeVisible();
});

test.describe("what is refused", () => {
  test.use({ expectedProblems: [/403/] });

  test("a base that is no model is refused in the dialog; one that was added by mistake goes again", async ({
    page,
  }) => {
    await signIn(page);
    const project = new URL(page.url()).pathname;
    await page.goto(`${project}/models`);
    await page.getByRole("button", { name: "Add a base" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a base model" });
    await dialog.getByLabel("Location").fill("/no/such/place");
    await dialog.getByRole("button", { name: "Look at it" }).click();
    await expect(dialog.getByText(/is not in a folder from which this instance takes models/)).toBeVisible();
    await dialog.getByLabel("Location").fill("tiny");
    await dialog.getByLabel("Name").fill("A mistake");
    await dialog.getByRole("button", { name: "Look at it" }).click();
    await expect(dialog.getByText("in Tuneloop's own catalogue")).toBeVisible();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("link", { name: "A mistake" }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.waitForURL(/\/models$/);
    await expect(page.getByText("A mistake is removed; its files stay where they are")).toBeVisible();
    await expect(page.getByRole("link", { name: "A mistake" })).toBeHidden();
  });
});

test("the instance's admin shuts a person out at once, and lets them in again", async ({ page, browser, instance }) => {
  await signIn(page);
  const context = await browser.newContext();
  const theirs = await context.newPage();
  const enter = async () => {
    await theirs.goto(`${instance.url}/login`);
    await theirs.getByLabel("Email").fill("bo@example.test");
    await theirs.getByLabel("Password").fill("quite another password");
    await theirs.getByRole("button", { name: "Sign in" }).click();
  };
  await enter();
  await theirs.waitForURL(/\/label$/);

  await page.goto("/projects");
  await page.getByRole("link", { name: "People" }).click();
  await page.getByLabel("Search by name or email").fill("bo@");
  await page.getByRole("button", { name: "Actions for Bo Annotator" }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  const row = page.getByRole("row").filter({ hasText: "bo@example.test" });
  await expect(row.getByText("deactivated")).toBeVisible();
  await theirs.reload();
  await theirs.waitForURL(/\/login/);
  await enter();
  await expect(theirs.getByText("Wrong email or password.")).toBeVisible();

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row.getByText("deactivated")).toBeHidden();
  await enter();
  await theirs.waitForURL(/\/label$/);
  await context.close();
});

test("every answer is protected, and an address can't be made up", async ({ instance, request }) => {
  const answers = [
    ...["/login", "/nothing/here", "/api/health", "/api/nothing", "/icon.svg", "/api/auth/session", "/p/none/label"],
    ...["/api/p/none/labels/labels.jsonl", "/api/trpc/access.me", "/%", "/_next/static/nothing.js", "/_next/image"],
  ];
  for (const path of answers) {
    const headers = (await request.get(instance.url + path, { maxRedirects: 0 })).headers();
    expect(headers["content-security-policy"], path).toMatch(/default-src '(self|none)'.*frame-ancestors 'none'/);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["strict-transport-security"], path).toBeUndefined();
  }

  // A browser that has the cookies already is not given them again, so this one is new.
  const set = (await fetch(`${instance.url}/api/auth/csrf`)).headers.getSetCookie();
  expect(set.length).toBeGreaterThan(0);
  for (const cookie of set) expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);

  const guess = (n: number) =>
    request.get(
      `${instance.url}/api/trpc/access.readInvitation?input=${encodeURIComponent('{"json":{"token":"guess"}}')}`,
      {
        headers: {
          "x-forwarded-for": `10.1.${n % 200}.${n % 250}`,
          "x-tuneloop-address": `10.2.${n % 200}.${n % 250}`,
        },
      },
    );
  // Sixty failures a minute are allowed; the minute may turn over once while the test asks.
  await expect
    .poll(async () => {
      for (let n = 0; n < 61; n++) await guess(n);
      const refused = await Promise.all(Array.from({ length: 100 }, async (_, n) => (await guess(n)).status()));
      return refused.filter((status) => status === 429).length;
    })
    .toBe(100);
});
