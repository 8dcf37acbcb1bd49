import { isSecureFlowsError } from "@secureflows/web";

/** What a user is told when something failed. */
export function inWords(error: unknown): string {
  if (!isSecureFlowsError(error)) return "Something went wrong. Please try again.";
  switch (error.code) {
    case "signed_out":
    case "user_changed":
      return "You are signed out. Sign in again, and your notes are here.";
    case "unavailable":
      return "There is no connection. Nothing was lost; please try again.";
    case "outcome_unknown":
      return "The connection broke, so it may or may not be saved. Please look again.";
    case "quota_exceeded":
      return "The notebook is full. Remove a note, then save this one.";
    case "rate_limited":
      return "That was a lot at once. Please try again in a moment.";
    case "locked":
      return "The notebook is locked for now. Your notes are safe, and nothing can be changed.";
    case "login_refused":
      return "You were not signed in. Please try again.";
    case "callback_refused":
      return "That sign-in is too old or was begun elsewhere. Please begin again.";
    default:
      return error.message;
  }
}

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** When a note was written, for people: the time for today's, else the day. */
export function when(createdAt: string): string {
  const date = new Date(createdAt);
  if (Number.isNaN(date.getTime())) return "";
  return date.toDateString() === new Date().toDateString() ? `Today, ${TIME.format(date)}` : DAY.format(date);
}
