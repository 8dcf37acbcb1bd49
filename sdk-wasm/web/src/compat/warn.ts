let warned = false;

/** Says once, to developers, what this entry costs. */
export function warnOnce(): void {
  if (warned || !isDevelopment()) return;
  warned = true;
  console.warn(
    "@secureflows/web/compat keeps the session token in sessionStorage, where every script of the page can read it. " +
      "createClient of @secureflows/web keeps it in memory only.",
  );
}

/** Bundlers put the answer in place of what is asked here; where none did, a page on loopback is somebody's desk. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== "production";
  } catch {
    return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(globalThis.location?.hostname ?? "");
  }
}
