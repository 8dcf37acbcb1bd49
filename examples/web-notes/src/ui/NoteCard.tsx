import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Note } from "../data";
import { inWords, when } from "../words";

interface NoteCardProps {
  note: Note;
  onSave: (text: string) => Promise<void>;
  onRemove: () => void;
}

export function NoteCard({ note, onSave, onRemove }: NoteCardProps) {
  const [draft, setDraft] = useState<string>();
  const [error, setError] = useState<unknown>();
  const field = useRef<HTMLTextAreaElement>(null);
  const editButton = useRef<HTMLButtonElement>(null);
  const editing = draft !== undefined;
  const wasEditing = useRef(false);

  // The keyboard stays where the work is.
  useEffect(() => {
    if (editing) field.current?.focus();
    else if (wasEditing.current) editButton.current?.focus();
    wasEditing.current = editing;
  }, [editing]);

  const close = () => {
    setDraft(undefined);
    setError(undefined);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!draft?.trim()) return;
    try {
      await onSave(draft.trim());
      close();
    } catch (why) {
      setError(why);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save(event);
  };

  const title = note.text.slice(0, 40);
  if (editing) {
    return (
      <li className="card">
        <form onSubmit={save}>
          <textarea
            ref={field}
            rows={4}
            aria-label="Edit the note"
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={onKeyDown}
          />
          {error !== undefined && (
            <p className="problem" role="alert">
              {inWords(error)}
            </p>
          )}
          <div className="row">
            <button type="button" className="plain" onClick={close}>
              Cancel
            </button>
            <button type="submit" className="main" disabled={!draft.trim()}>
              Save
            </button>
          </div>
        </form>
      </li>
    );
  }
  return (
    <li className="card">
      <p className="text">{note.text}</p>
      <div className="row">
        <time dateTime={note.createdAt}>{when(note.createdAt)}</time>
        <span className="actions">
          <button ref={editButton} type="button" className="plain" aria-label={`Edit: ${title}`} onClick={() => setDraft(note.text)}>
            Edit
          </button>
          <button type="button" className="plain" aria-label={`Remove: ${title}`} onClick={onRemove}>
            Remove
          </button>
        </span>
      </div>
    </li>
  );
}
