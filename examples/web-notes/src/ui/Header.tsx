import { useEffect, useState } from "react";
import { SignedIn } from "@secureflows/web/react";
import { origin, useClient, useIdentity, useSession, useValue } from "../data";
import { dropDraft } from "../draft";

export function Header() {
  return (
    <header className="bar">
      <a className="skip" href="#main">
        Skip to the notes
      </a>
      <a className="brand" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M9 11h14M9 16h14M9 21h8" />
        </svg>
        Notes
      </a>
      <SignedIn>
        <Account />
      </SignedIn>
    </header>
  );
}

function Account() {
  const { signOut } = useSession();
  const [identity] = useIdentity();
  const leave = () => {
    dropDraft();
    void signOut();
  };
  return (
    <div className="account">
      <span className="who" data-testid="identity" title={identity?.email}>
        <span className="initial" aria-hidden="true">
          {identity?.email?.[0]?.toUpperCase() ?? "·"}
        </span>
        <span className="email">{identity?.email ?? "…"}</span>
      </span>
      <ThemeSwitch />
      <Expire />
      <button type="button" className="plain" onClick={leave}>
        Sign out
      </button>
    </div>
  );
}

function ThemeSwitch() {
  const [stored, setTheme, { error }] = useValue("theme");
  const theme = stored ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const other = theme === "dark" ? "light" : "dark";
  useEffect(() => {
    if (stored) document.documentElement.dataset.theme = stored;
    // Signed out, it is the system's again.
    return () => void delete document.documentElement.dataset.theme;
  }, [stored]);
  return (
    <button
      type="button"
      className="plain icon"
      aria-label={`Use the ${other} theme`}
      title={error ? "The theme could not be saved" : `Use the ${other} theme`}
      onClick={() => setTheme(other)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {theme === "dark" ? (
          <path d="M12 4V2M12 22v-2M4 12H2M22 12h-2M6.3 6.3 4.9 4.9M19.1 19.1l-1.4-1.4M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z" />
        ) : (
          <path d="M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z" />
        )}
      </svg>
    </button>
  );
}

/** What only a mock has: its clock moves on to the next moment at which something ends, and that is the token. */
function Expire() {
  const client = useClient();
  const [moving, setMoving] = useState(false);
  const expire = async () => {
    setMoving(true);
    try {
      await fetch(`${origin}/_mock/clock/next`, { method: "POST" });
      // The next call finds out, whichever it is.
      await client.identity();
    } catch {
      // The session tells of it.
    } finally {
      setMoving(false);
    }
  };
  return (
    <button type="button" className="plain demo" disabled={moving} onClick={expire}>
      Expire my token
    </button>
  );
}
