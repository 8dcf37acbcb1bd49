// The first hop of the note: examples/web-notes in Chromium, on a world that the later hops share.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { buildExample, cleanUp } from "../../sdk-wasm/web/tests/example/build.js";
import { openBrowser } from "../../sdk-wasm/web/tests/kit/browser.js";
import { ADA, APP, PASSWORD, WORKSPACE } from "../../sdk-wasm/web/tests/kit/mock.js";
import { load } from "../../sdk-wasm/web/tests/kit/package.js";
import { serve } from "../../sdk-wasm/web/tests/kit/server.js";

const { attachMock } = await load("testing");
const pages = {};
const site = await serve(pages);
const mock = await attachMock();
const { origin, controlUrl } = await mock.startWorld({
  workspaces: [
    {
      name: WORKSPACE,
      applications: [{ appId: APP, redirectUris: [`${site.origin}/callback`] }],
      users: [{ email: ADA, password: PASSWORD }],
    },
  ],
});
const browser = await openBrowser();
try {
  Object.assign(pages, await buildExample(origin));
  pages["/callback"] = pages["/"];
  const wrote = await write(await browser.newPage(), "Tea with Charles");
  await writeFile(join(process.env.SECUREFLOWS_E2E, "browser.json"), JSON.stringify({ origin, controlUrl, wrote }));
} finally {
  await browser.close();
  site.close();
  cleanUp();
}

/** Signs in and saves a note as a person does; gives it as the page shows it. */
async function write(page, text) {
  page.setDefaultTimeout(10_000);
  await page.goto(site.origin);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.fill("input[name=email]", ADA);
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button:text-is('Sign in')");
  await page.getByRole("textbox", { name: "New note" }).fill(text);
  await page.getByRole("button", { name: "Save note", exact: true }).click();
  const note = page.getByRole("listitem").filter({ hasText: text });
  await note.waitFor();
  // The form is emptied when the note is stored; it is shown before that.
  await page.waitForFunction(() => document.querySelector("textarea").value === "");
  return { text: await note.locator(".text").textContent(), createdAt: await note.locator("time").getAttribute("datetime") };
}
