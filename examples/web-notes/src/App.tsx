import { SignedIn, SignedOut } from "@secureflows/web/react";
import { useSession } from "./data";
import { Alert } from "./ui/Alert";
import { Header } from "./ui/Header";
import { Notebook } from "./ui/Notebook";
import { Welcome } from "./ui/Welcome";
import { inWords } from "./words";

export function App() {
  const { status, error } = useSession();
  return (
    <>
      <Header />
      <main id="main">
        <SignedOut>
          <Welcome />
        </SignedOut>
        <SignedIn>
          {error && <Alert>{inWords(error)}</Alert>}
          <Notebook />
        </SignedIn>
        {status === "signingIn" && (
          <p className="quiet" role="status">
            Opening your notebook…
          </p>
        )}
      </main>
    </>
  );
}
