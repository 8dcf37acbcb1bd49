// The client in Chromium beside bare fetch, both in one run: `node bench/bench.js`, by `cargo xtask bench web`.

import { startHelper } from "../tests/kit/helper.js";
import { openBrowser } from "../tests/kit/browser.js";
import { serve } from "../tests/kit/server.js";

const CALLS = 2000;
const ROUNDS = 5;
const MANY = 10_000;

const [helper, browser, site] = await Promise.all([startHelper(), openBrowser(), serve()]);
const redirectUri = `${site.origin}/callback`;
const world = await helper.world({ redirectUris: [redirectUri] });
const page = await browser.newPage();
await page.exposeFunction("signIn", (state) =>
  helper.control(world.id, "/sign-in", { user: "ada@example.com", application: "acme-notes", state, redirectUri }),
);
await page.goto(`${site.origin}/bench/bench.html`);
const measured = await page.evaluate(
  (given) => globalThis.measure(given),
  { origin: world.baseUrl, redirectUri, calls: CALLS, rounds: ROUNDS, many: MANY },
);
console.log(`| in Chromium | measured |
| --- | --- |
| ${CALLS} sequential \`get\`s, against the same with bare \`fetch\` (median of ${ROUNDS} rounds) | ${measured.ratio.toFixed(3)} × |
| the first client of a page, the core made of what the entry carries | ${measured.first.toFixed(1)} ms |
| each further client | ${measured.further.toFixed(2)} ms |
| the core's memory after ${MANY.toLocaleString("en")} calls, against that after 100 | ${(measured.after / 1024).toFixed(0)} KiB, ${(measured.before / 1024).toFixed(0)} KiB |`);
await browser.close();
site.close();
helper.close();
