import { SignedIn, SignedOut } from "@secureflows/web/react";
import { useSession } from "./data";
import { Header } from "./ui/Header";
import { Notebook } from "./ui/Notebook";
import { Welcome } from "./ui/Welcome";

export function App() {
  const { status } = useSession();
  return (
    <>
      <Header />
      <main id="main">
        <SignedOut>
          <Welcome />
        </SignedOut>
        <SignedIn>
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
