// A browser, and an app on a platform of its own.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { openBrowser } from "../kit/browser.js";
import { ADA, PASSWORD, startMock } from "../kit/mock.js";
import { serve } from "../kit/server.js";

export { ADA } from "../kit/mock.js";

const html = await readFile(join(import.meta.dirname, "app.html"), "utf8");

/** Starts the mock, Chromium and a server for apps. */
export async function setStage() {
  const pages = {};
  const [mock, browser, site] = await Promise.all([startMock(), openBrowser(), serve(pages)]);
  let apps = 0;
  return {
    browser,
    site,
    pages,
    /** A platform, and an app of it: its world and its address. */
    async app({ headers = {}, options = {}, world: asked } = {}) {
      const path = `/app/${++apps}`;
      const url = site.origin + path;
      const world = await mock.world({ redirectUris: [url], ...asked });
      const body = html.replace("...OPTIONS", `...${JSON.stringify({ origin: world.baseUrl, ...options })}`);
      pages[path] = { body, headers };
      return { world, url };
    },
    async close() {
      await browser.close();
      site.close();
      mock.close();
    },
  };
}

/** Opens the app and waits until it has settled. */
export async function open(page, url) {
  await page.goto(url);
  await ready(page);
}

export function ready(page) {
  return page.waitForSelector("body[data-ready]", { state: "attached" });
}

export const state = (page) => page.textContent("#state");

/** Signs in as a person does: a click in the app, the form of hosted login. */
export async function signIn(page, email = ADA) {
  await page.click("#in");
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button:text-is('Sign in')");
  await backIn(page);
}

/** Waits until hosted login has led back into the app. */
export async function backIn(page) {
  await page.waitForURL(/\/app\/\d+/);
  await ready(page);
}
