import type { PlatformCookie } from "./types.js";

/** A cookie as Playwright takes it. */
export interface BrowserCookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: "Lax" | "None" | "Strict";
}

/** As much of Playwright's `BrowserContext` as is needed. */
export interface BrowserContextLike {
  addCookies(cookies: readonly BrowserCookie[]): Promise<void>;
}

/** As much of Playwright's `Page` as is needed. */
export interface PageLike {
  getByRole(role: "button", options: { name: string; exact: boolean }): { click(): Promise<void> };
  getByLabel(text: string, options: { exact: boolean }): { fill(value: string): Promise<void> };
}

/** How to pass hosted login. */
export interface CompleteLoginOptions {
  /** The user's e-mail, to be typed with the password. Without both, **Continue** is pressed. */
  user?: string;
  password?: string;
}

/**
 * Passes hosted login, which `page` shows or is on its way to: presses **Continue** in a browser that
 * {@link World.signInBrowser} has signed in, or types `user` and `password`.
 */
export async function completeLogin(page: PageLike, { user, password }: CompleteLoginOptions = {}): Promise<void> {
  if (user !== undefined && password !== undefined) {
    await page.getByLabel("E-mail", { exact: true }).fill(user);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  } else {
    await page.getByRole("button", { name: "Continue", exact: true }).click();
  }
}

/** The platform's cookies as a browser at `origin` has them. */
export function browserCookies(origin: string, cookies: readonly PlatformCookie[]): BrowserCookie[] {
  const { hostname, protocol } = new URL(origin);
  return cookies.map((cookie) => ({ ...cookie, domain: hostname, secure: protocol === "https:" }));
}
