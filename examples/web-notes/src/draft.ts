/** What a user was writing when they were signed out: it waits in this tab for the same user to come back. */
interface Draft {
  userId: string;
  text: string;
}

const PLACE = "web-notes draft";

export function keepDraft(userId: string | undefined, text: string): void {
  if (userId === undefined) return;
  try {
    if (text) sessionStorage.setItem(PLACE, JSON.stringify({ userId, text } satisfies Draft));
    else dropDraft();
  } catch {
    // Where storage is blocked, a draft lives as long as the page.
  }
}

/** Who signs out leaves nothing behind. */
export function dropDraft(): void {
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // Then there is none.
  }
}

export function draftOf(userId: string | undefined): string {
  try {
    const draft = JSON.parse(sessionStorage.getItem(PLACE) ?? "null") as Draft | null;
    return draft && draft.userId === userId ? draft.text : "";
  } catch {
    return "";
  }
}
