import { useState } from "react";
import { type Note, type NoteKey, useIdentity, useSession } from "../data";
import { newKey, useNotes } from "../notes";
import { inWords } from "../words";
import { Alert } from "./Alert";
import { Composer } from "./Composer";
import { NoteCard } from "./NoteCard";

export function Notebook() {
  const { notes, error, reload, save, remove } = useNotes();
  const [identity] = useIdentity();
  const { status } = useSession();
  const [failed, setFailed] = useState<unknown>();
  const [removed, setRemoved] = useState<readonly [NoteKey, Note]>();

  const attempt = async (work: Promise<void>) => {
    setFailed(undefined);
    await work.catch(setFailed);
  };
  const takeAway = (key: NoteKey, note: Note) => {
    setRemoved([key, note]);
    void attempt(remove(key));
  };
  const putBack = ([key, note]: readonly [NoteKey, Note]) => {
    setRemoved(undefined);
    void attempt(save(key, note));
  };

  return (
    <div className="notebook">
      <h1 className="unseen">Your notes</h1>
      {status === "locked" && !error && (
        <Alert action={{ label: "Try again", run: reload }}>The notebook is locked for now. Your notes are safe.</Alert>
      )}
      <Composer
        userId={identity?.userId}
        onSave={(text) => save(newKey(), { text, createdAt: new Date().toISOString() })}
      />
      {error !== undefined && <Alert action={{ label: "Try again", run: reload }}>{inWords(error)}</Alert>}
      {failed !== undefined && <Alert>{inWords(failed)}</Alert>}
      {removed && (
        <Alert kind="notice" action={{ label: "Undo", run: () => putBack(removed) }}>
          The note was removed.
        </Alert>
      )}
      {!notes && error === undefined && <Skeleton />}
      {notes?.length === 0 && (
        <div className="empty">
          <p className="large">Nothing here yet.</p>
          <p>Your first note appears as soon as you save it.</p>
        </div>
      )}
      <ul className="notes" aria-label="Notes">
        {notes?.map(([key, note]) => (
          <NoteCard key={key} note={note} onSave={(text) => save(key, { ...note, text })} onRemove={() => takeAway(key, note)} />
        ))}
      </ul>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="notes" role="status" aria-label="Loading your notes">
      {[0, 1, 2].map((it) => (
        <div key={it} className="card skeleton" />
      ))}
    </div>
  );
}
