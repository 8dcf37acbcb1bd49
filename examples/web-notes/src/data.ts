import { createClient } from "@secureflows/web";
import { createHooks } from "@secureflows/web/react";

/** One note. */
export interface Note {
  text: string;
  /** ISO-8601, in UTC. */
  createdAt: string;
}

export type NoteKey = `note:${string}`;

/** Everything that is stored for one user. */
export interface Data {
  theme: "light" | "dark";
  [key: NoteKey]: Note;
}

export const origin: string = import.meta.env.VITE_SECUREFLOWS_ORIGIN;

export const client = createClient<Data>({
  origin,
  workspace: "acme",
  appId: "acme-notes",
  // A page of its own: signing out leads to the root, which must not be a callback.
  redirectUri: `${location.origin}/callback`,
});

export const { useClient, useIdentity, useSession, useValue } = createHooks<Data>();
