import { useCallback, useEffect, useState } from "react";
import { type Data, type Note, type NoteKey, useClient } from "./data";

type Notes = ReadonlyMap<NoteKey, Note>;
type Change = (notes: Notes) => Notes;

/** The user's notes, the newest first, and what can be done with them. */
export interface Notebook {
  /** `undefined` until they are there. */
  notes: readonly (readonly [NoteKey, Note])[] | undefined;
  /** Why they could not be read. */
  error: unknown;
  reload(): void;
  /** Stores a note, new or changed. It is shown at once, and taken back if that fails. */
  save(key: NoteKey, note: Note): Promise<void>;
  remove(key: NoteKey): Promise<void>;
}

/** The notes of who is signed in: every value whose key begins with `note:`. */
export function useNotes(): Notebook {
  const client = useClient();
  const [stored, setStored] = useState<Notes>();
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);

  useEffect(() => {
    const given = new AbortController();
    client.payload({ signal: given.signal }).then(
      (payload) => {
        if (given.signal.aborted) return;
        setStored(notesIn(payload));
        setError(undefined);
      },
      (why: unknown) => given.signal.aborted || setError(why),
    );
    return () => given.abort();
  }, [client, round]);

  /** Shows the change while it is on its way; what is stored has it when it has arrived. */
  const make = useCallback(async (change: Change, sent: Promise<unknown>) => {
    setChanges((all) => [...all, change]);
    try {
      await sent;
      setStored((notes) => notes && change(notes));
    } finally {
      setChanges((all) => all.filter((it) => it !== change));
    }
  }, []);

  const shown = stored && changes.reduce((notes, change) => change(notes), stored);
  return {
    notes: shown && [...shown].sort(([, one], [, other]) => other.createdAt.localeCompare(one.createdAt)),
    error,
    reload: () => setRound((before) => before + 1),
    save: (key, note) => make((notes) => new Map(notes).set(key, note), client.set(key, note)),
    remove: (key) => make((notes) => without(notes, key), client.delete(key)),
  };
}

/** A key that no other note has. */
export function newKey(): NoteKey {
  return `note:${crypto.randomUUID()}`;
}

/** The notes of a payload; what is no note, whoever wrote it, is not shown. */
function notesIn(payload: Partial<Data>): Notes {
  return new Map(Object.entries(payload).filter((entry): entry is [NoteKey, Note] => isNote(entry)));
}

function isNote([key, value]: [string, unknown]): boolean {
  if (!key.startsWith("note:") || typeof value !== "object" || value === null) return false;
  return "text" in value && typeof value.text === "string" && "createdAt" in value && typeof value.createdAt === "string";
}

function without(notes: Notes, key: NoteKey): Notes {
  const rest = new Map(notes);
  rest.delete(key);
  return rest;
}
