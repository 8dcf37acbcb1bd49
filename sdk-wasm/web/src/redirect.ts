/** What hosted login puts into an address. */
const OURS = /^(sessionToken|state|error|error_description)$/;

/** Takes what hosted login brought out of the address bar and the history; all else stays, byte for byte. */
export function scrub(url: string): void {
  if (!("document" in globalThis) || location.href !== url) return;
  const [, before = "", query = "", hash = ""] = /^([^?#]*)\??([^#]*)(.*)$/s.exec(url) ?? [];
  const kept = query.split("&").filter((pair) => !OURS.test(pair.split("=", 1)[0] ?? ""));
  const clean = before + (kept.join("&") && `?${kept.join("&")}`) + hash;
  history.replaceState(history.state, "", clean);
}

/** `path` if it leads somewhere in this app; where the user is, or the root, if not. */
export function ownPath(path: string | undefined): string {
  const here = "document" in globalThis ? location.href : "http://localhost/";
  const there = path ?? here;
  if (!URL.canParse(there, here)) return "/";
  const url = new URL(there, here);
  if (url.origin !== new URL(here).origin) return "/";
  // Two slashes at the beginning would make the name of a host of what follows: `/.//evil.example` has them.
  return url.pathname.replace(/^\/*/, "/") + url.search + url.hash;
}
