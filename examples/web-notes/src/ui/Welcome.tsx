import { useSession } from "../data";
import { inWords } from "../words";
import { Alert } from "./Alert";

/** What is shown to who is not signed in: why, and the way in. */
export function Welcome() {
  const session = useSession();
  if (session.status !== "signedOut") return null;
  const { reason, data, error, signIn } = session;
  const back = reason === "expired" || reason === "session_ended";
  return (
    <section className="welcome">
      {error && <Alert>{inWords(error)}</Alert>}
      {back && !error && (
        <Alert kind="notice">
          {data === "intact"
            ? "Your session has ended. Your notes are safe: sign in and go on where you were."
            : "Your session was ended elsewhere. Sign in to see your notebook."}
        </Alert>
      )}
      <h1>{back ? "Welcome back." : "A quiet place to think."}</h1>
      <p>
        Write it down here, and find it on every device. They are stored encrypted, and this app never sees
        your password.
      </p>
      <button type="button" className="main" onClick={() => signIn()}>
        {back ? "Sign in again" : "Sign in"}
      </button>
    </section>
  );
}
