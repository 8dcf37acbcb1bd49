// Takes the pictures of the README with Chromium: `npm run screenshots`. It starts the app itself.

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
const APP = "http://localhost:5173/";
const folder = join(here, "screenshots");
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];

mkdirSync(folder, { recursive: true });
const app = spawn(process.execPath, [join(here, "start.js")], { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => app.kill());
await new Promise((resolve) => createInterface({ input: app.stdout }).on("line", (line) => line.includes(APP) && resolve()));

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: [...ARGUMENTS, "--disable-features=LocalNetworkAccessChecks"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 720 }, colorScheme: "light" });
const shoot = (name) => page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });

await page.goto(APP);
await page.getByRole("button", { name: "Sign in" }).waitFor();
await shoot("welcome");

await page.getByRole("button", { name: "Sign in" }).click();
await page.fill("input[name=email]", "ada@example.com");
await page.fill("input[name=password]", "correct horse battery staple");
await page.click("button:text-is('Sign in')");
await page.getByRole("listitem").first().waitFor();
await page.getByTestId("identity").getByText("ada@example.com").waitFor();
await shoot("notes-light");

await page.getByRole("button", { name: "Use the dark theme" }).click();
await page.getByRole("button", { name: "Use the light theme" }).waitFor();
await shoot("notes-dark");

await page.setViewportSize({ width: 390, height: 780 });
await shoot("notes-phone");

await page.getByRole("button", { name: "Expire my token" }).click();
await page.getByRole("button", { name: "Sign in again" }).waitFor();
await shoot("expired");

await browser.close();
process.exit(0);
