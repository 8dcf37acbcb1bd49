// The same scenarios in Chromium, on the packed package.

import { appendFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { openBrowser } from "../kit/browser.js";
import { startHelper } from "../kit/helper.js";
import { serve } from "../kit/server.js";
import { scenarios } from "./list.js";

describe("scenarios in Chromium", { concurrency: 4 }, () => {
  let helper;
  let browser;
  let site;

  before(async () => {
    [helper, browser, site] = await Promise.all([startHelper(), openBrowser(), serve()]);
  });
  after(async () => {
    await browser?.close();
    site?.close();
    helper?.close();
  });

  for (const id of Object.keys(scenarios)) {
    it(id, { timeout: 60_000 }, async () => {
      const page = await browser.newPage();
      await page.exposeFunction("ask", (name, ...given) => helper[name](...given));
      await page.goto(`${site.origin}/tests/scenarios/page.html`);
      await page.evaluate((id) => globalThis.play(id), id);
      await page.close();
      const report = process.env.SECUREFLOWS_BROWSER_SCENARIO_REPORT;
      if (report) appendFileSync(report, `${id}\n`);
    });
  }
});
