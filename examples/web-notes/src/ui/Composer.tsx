import { type FormEvent, type KeyboardEvent, useEffect, useId, useState } from "react";
import { draftOf, keepDraft } from "../draft";
import { inWords } from "../words";

interface ComposerProps {
  userId: string | undefined;
  onSave: (text: string) => Promise<void>;
}

/** Where a note is written. The text goes when it is stored, and not before. */
export function Composer({ userId, onSave }: ComposerProps) {
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>();
  const [saving, setSaving] = useState(false);
  const field = useId();
  const problem = useId();

  useEffect(() => setText((now) => now || draftOf(userId)), [userId]);

  const write = (next: string) => {
    setText(next);
    keepDraft(userId, next);
  };
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!text.trim() || saving) return;
    setSaving(true);
    setError(undefined);
    try {
      await onSave(text.trim());
      write("");
    } catch (why) {
      setError(why);
    } finally {
      setSaving(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
  };

  return (
    <form className="composer" onSubmit={save}>
      <label htmlFor={field}>New note</label>
      <textarea
        id={field}
        rows={3}
        value={text}
        placeholder="What is on your mind?"
        aria-invalid={error !== undefined}
        aria-describedby={problem}
        readOnly={saving}
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="row">
        <p id={problem} className={error === undefined ? "hint" : "problem"} role={error === undefined ? undefined : "alert"}>
          {error === undefined ? "Ctrl + Enter saves" : inWords(error)}
        </p>
        <button type="submit" className="main" disabled={saving || !text.trim()}>
          {saving ? "Saving…" : "Save note"}
        </button>
      </div>
    </form>
  );
}
